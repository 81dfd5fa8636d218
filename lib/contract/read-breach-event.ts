import type { UncheckedBreachEvent } from './breach-event.ts'
import { checkBreachEvent, identifyEvent } from './check-breach-event.ts'
import { findMisplacedLimits, type MisplacedLimit, placeRule } from './misplaced-limits.ts'
import type { Rejection } from './parse-json.ts'
import { countDroppedKeys } from './unknown-keys.ts'
import { type Content, unwrapEnvelopes } from './unwrap-envelopes.ts'

/** `droppedKeys`: by name, how many keys the contract does not know. `identity`: source and id of what is rejected, if they can be read. */
type ReadEvent =
  | { kind: 'event'; event: UncheckedBreachEvent; droppedKeys: Record<string, number> }
  | { kind: 'rejected'; rejection: Rejection; identity?: { source: string; id: string } | undefined }

/**
 * Reads the body of a message: a breach event that keeps to the contract in everything except its members, or why it does not.
 * `sentAt`: when the message was sent, in ms since the epoch.
 */
export function readBreachEvent(body: string, sentAt: number): ReadEvent {
  const unwrapped = unwrapEnvelopes(body)
  if (unwrapped.kind === 'rejected') return unwrapped
  const { value } = unwrapped
  const checked = checkBreachEvent(value, sentAt)
  if (checked.kind === 'rejected') return { ...checked, identity: identifyEvent(value) }
  const misplaced = findAllMisplaced(unwrapped)
  if (misplaced.length === 0)
    return { kind: 'event', event: checked.event, droppedKeys: countDroppedKeys(value) }
  const rejection: Rejection = { code: 'misplaced_limit', detail: describe(misplaced) }
  return { kind: 'rejected', rejection, identity: identifyEvent(value) }
}

/** The misplaced limits of an event and its envelopes, by their paths in the body. */
export function findAllMisplaced({ value, pathOf, beside }: Content): MisplacedLimit[] {
  const inside = findMisplacedLimits(value)
  return [...beside, ...inside.map(({ field, place }) => ({ field: pathOf(field), place: pathOf(place) }))]
}

const MAX_NAMED = 3

function describe(misplaced: readonly MisplacedLimit[]): string {
  const named = misplaced.slice(0, MAX_NAMED).map(({ field, place }) => `${field}: ${placeRule(place)}`)
  const more = misplaced.length - named.length
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '')
}
