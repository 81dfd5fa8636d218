import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { addCrowd, isDrained, send } from '../local/system/crowd.ts'
import { waitUntil } from '../local/system/wait-until.ts'

/** Has everything happen that a dashboard shows: every outcome in both functions, every kind of answer of Stytch. Resolves to the events' ids. */
export async function busyHour(system: LocalSystem, size: number): Promise<string[]> {
  const { stytch, inspector, queues } = system
  const crowd = addCrowd(system, 'busy', { size, failing: Math.ceil(size / 50) })
  const [first = ''] = crowd.event.data.members
  const rows = [{ email_address: 'bad' }, first, { email_address: 'stranger@else.example' }]
  const event = {
    ...crowd.event,
    time: new Date().toISOString(),
    data: { ...crowd.event.data, members: [...crowd.event.data.members, ...rows] },
  }
  const victims = crowd.emails.slice(-3)
  stytch.fault({ kind: 'server_error', email: victims[0] ?? '', times: 4 })
  stytch.fault({ kind: 'throttle', email: victims[1] ?? '', times: 1 })
  stytch.fault({ kind: 'hang', email: victims[2] ?? '', times: 1 })
  stytch.fault({ kind: 'latency', minMs: 5, maxMs: 60 })
  await send(system, event)
  await send(system, { ...event, type: 'unknown' })
  await send(system, canaryEvent(crypto.randomUUID(), new Date().toISOString()))
  await waitUntil(
    'all to be handled',
    () => {
      const { visible, inFlight, delayed } = inspector.depth(queues.reset.url)
      if (visible + inFlight === 0 && delayed > 0) inspector.letTimePass(queues.reset.url)
      return isDrained(system)
    },
    120_000,
  )
  return [event.id]
}
