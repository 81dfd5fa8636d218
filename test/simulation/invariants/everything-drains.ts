import type { Story } from './story.ts'

const DAY_MS = 24 * 3_600_000
const MOST_RECEIVES = 20_000

/**
 * When the faults are over, both work queues become empty without anybody's doing: within a day and the retry horizon of the last
 * event, and not by being asked all the time.
 */
export function everythingDrains({ run, messages, invocations }: Story): string[] {
  const { breach, reset } = run.world.queues
  const left = [...breach.all(), ...reset.all()].map(
    ({ id, receives }) => `${id} is still there, received ${receives} times`,
  )
  const all = [...invocations.values()]
  const sent = [...messages.values()].filter(({ queue }) => queue === 'breach')
  const lastEvent = Math.max(...sent.map(({ at }) => at))
  const lastInvocation = Math.max(...all.map(({ at }) => at))
  const horizon = run.deployment.stage.retryHorizonHours * 3_600_000
  const received = all.reduce((sum, invocation) => sum + invocation.received.length, 0)
  return [
    ...left,
    ...(lastInvocation > lastEvent + horizon + DAY_MS ? ['it took more than a day and the horizon'] : []),
    ...(received > MOST_RECEIVES ? [`messages were received ${received} times`] : []),
  ]
}
