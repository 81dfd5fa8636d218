import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { addCrowd, isDrained, send } from '../local/system/crowd.ts'
import { waitUntil } from '../local/system/wait-until.ts'

/** Has everything happen that a dashboard shows: every outcome in each function, every kind of answer of Stytch. Resolves to the events' ids. */
export async function busyHour(system: LocalSystem, size: number): Promise<string[]> {
  const { stytch, queues } = system
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
  const [refused = '', broken = '', throttled = '', hanging = ''] = crowd.emails.slice(-8)
  stytch.fault({ kind: 'error', status: 400, errorType: 'member_error', endpoint: 'revoke', email: refused })
  stytch.fault({ kind: 'server_error', endpoint: 'revoke', email: broken, times: 4 })
  stytch.fault({ kind: 'throttle', endpoint: 'read_back', email: throttled, times: 1 })
  stytch.fault({ kind: 'hang', endpoint: 'revoke', email: hanging, times: 1 })
  stytch.fault({ kind: 'stranger_in_page', times: 1 })
  await send(system, event)
  await send(system, { ...event, type: 'unknown' })
  await send(system, canaryEvent(crypto.randomUUID(), new Date().toISOString()))
  await waitUntil(
    'all to be handled',
    () => {
      for (const queue of [queues.reset, queues.sessions]) if (queue) passTime(system, queue.url)
      return isDrained(system)
    },
    120_000,
  )
  return [event.id]
}

/** Lets deferred messages be delivered at once when nothing else is on the queue. */
function passTime({ inspector }: LocalSystem, queueUrl: string): void {
  const { visible, inFlight, delayed } = inspector.depth(queueUrl)
  if (visible + inFlight === 0 && delayed > 0) inspector.letTimePass(queueUrl)
}
