import { SingleBar } from 'cli-progress'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import type { SendEvents } from '../../lib/producer/create-send-events.ts'
import type { EventResult } from '../../lib/producer/event-result.ts'

/** Fewer are sent in one request. */
const LONG = 11

/** Sends events, and shows how far it is on standard error when they are more than a request. */
export async function sendShown(
  send: SendEvents,
  events: readonly BreachEvent[],
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<EventResult[]> {
  if (quiet || events.length < LONG) return send(events, { signal })
  const bar = new SingleBar({
    format: 'Sending {bar} {value}/{total} events  {members} members on the queue',
    ...{ stream: process.stderr, barsize: 24, hideCursor: false, noTTYOutput: true, linewrap: false },
    notTTYSchedule: 2000,
  })
  let members = 0
  bar.start(events.length, 0, { members })
  const onResult = (result: EventResult) => {
    if (result.status !== 'sent') return
    members += result.members
    bar.increment({ members })
  }
  const results = await send(events, { signal, onResult })
  bar.stop()
  return results
}
