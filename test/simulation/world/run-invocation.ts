import type { SQSEvent } from 'aws-lambda'
import { judgeResponse } from '../../../infra/local/lambda/judge-response.ts'
import type { Step } from '../scenario/faults-at.ts'
import type { Environment } from './create-environment.ts'
import type { Queue, Stored } from './create-queue.ts'
import type { Role } from './create-queue-client.ts'
import type { Handle } from './seams.ts'
import type { World } from './world.ts'

const ACKNOWLEDGE: Record<Role, Step> = {
  'fan-out': 'acknowledge event',
  'require-reset': 'acknowledge chunk',
}
const SLOW_MS = 3900
const LONGEST_DELETE_MS = 30
/** Of a process that was badly deployed. */
const LONGEST_LIFE_MS = 1000

export type Invocation = {
  id: string
  role: Role
  queue: Queue
  messages: readonly Stored[]
  environment: Environment
  handle: Handle
  isFresh: boolean
}

/** Runs one invocation to its end, which is the deletion of what was handled or the death of the process, and then says so once. */
export function runInvocation(world: World, invocation: Invocation, onOver: () => void): void {
  const { timeline, dice, note, takeFault, deployment, scenario, startedAt } = world
  const { id, role, queue, messages, environment, handle, isFresh } = invocation
  const timeoutMs = deployment.stage.functionTimeoutSeconds * 1000
  const deadline = timeline.now() + timeoutMs
  const received = messages.map(({ id: message, receives }) => ({ message, receives }))
  let isOver = false

  environment.invocation = { id, show: () => queue.show(messages) }
  environment.whenCrashed(end)
  note({
    ...{ what: 'invoked', invocation: id, role, environment: environment.name },
    ...{ fresh: isFresh, received, deadline },
  })
  dieAt(deadline, 'timeout')
  if (isBadlyDeployed()) dieAt(timeline.now() + dice.between('bad deploy', 0, LONGEST_LIFE_MS), 'bad deploy')
  handle(toEvent(messages), timeoutMs).then(
    ({ batchItemFailures }) => {
      if (!environment.isAlive()) return
      const failures = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
      note({ what: 'ended', invocation: id, failures })
      const { acknowledged } = judgeResponse({
        messageIds: messages.map((message) => message.id),
        result: { kind: 'answered', payload: { batchItemFailures }, durationMs: 0 },
        reportBatchItemFailures: true,
      })
      acknowledge(messages.filter((message) => acknowledged.includes(message.id)))
    },
    (error) => environment.crash(`rejected: ${error instanceof Error ? error.message : error}`),
  )

  function acknowledge(handled: readonly Stored[]): void {
    const fault = takeFault(ACKNOWLEDGE[role])
    if (fault === 'crash before') environment.crash(ACKNOWLEDGE[role])
    if (!environment.isAlive()) return
    timeline.after(fault === 'slow' ? SLOW_MS : dice.between('delete', 1, LONGEST_DELETE_MS), () => {
      if (fault === 'delivered again') queue.show(handled)
      const wanted = fault === 'refused' ? [] : fault === 'partial' ? handled.slice(1) : handled
      note({ what: 'acknowledged', invocation: id, messages: queue.remove(wanted) })
      if (fault === 'crash after') environment.crash(ACKNOWLEDGE[role])
      end()
    })
  }

  function end(): void {
    if (isOver) return
    isOver = true
    onOver()
  }

  function dieAt(moment: number, why: string): void {
    timeline.at(moment, () => {
      if (!isOver) environment.crash(why)
    })
  }

  function isBadlyDeployed(): boolean {
    const since = timeline.now() - startedAt
    return scenario.badDeploys.some(
      (bad) => bad.role === role && bad.from <= since && since < bad.from + bad.lasts,
    )
  }
}

function toEvent(messages: readonly Stored[]): SQSEvent {
  const records = messages.map(({ id, body, sentAt, receives }) => ({
    messageId: id,
    body,
    attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receives) },
  }))
  return { Records: records } as unknown as SQSEvent
}
