import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { countDroppedKeys } from '../../lib/contract/count-dropped-keys.ts'
import { exposureEnd } from '../../lib/contract/exposure-end.ts'

/** What whoever sends an event should know of it. `value`: as it came; `events`: as it will be sent. `now` in ms since the epoch. */
export function notesOf(value: unknown, events: readonly BreachEvent[], now: number): string[] {
  const [event] = events
  if (!event) return []
  const unknown = Object.keys(countDroppedKeys(value))
  const notes: [boolean, string][] = [
    [
      event.data.exposed_at === undefined,
      'has no data.exposed_at: another source, or a later time, resets the same people again',
    ],
    [
      event.data.exposed_at !== undefined && exposureEnd(event) > now,
      'has a data.exposed_at that is not over: each sending resets the same people again',
    ],
    [event.fence !== undefined, 'has a fence, which only dead letters have'],
    [unknown.length > 0, `has keys that are not sent: ${unknown.join(', ')}`],
    [events.length > 1, `is sent as ${events.length} events; sent in another way, it is too large`],
  ]
  return notes.flatMap(([holds, text]) => (holds ? [text] : []))
}
