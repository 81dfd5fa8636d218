import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import type { InvalidMember } from '../../lib/contract/check-breach-event.ts'
import { nameRange, toRanges } from '../../lib/contract/ranges.ts'
import { toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { pack } from '../../lib/queue/pack.ts'
import { MAX_MESSAGE_BYTES, type OutgoingMessage, toMessageBody } from '../../lib/queue/send-messages.ts'

/** More than all attributes of a letter have, however many rows it holds. */
const ATTRIBUTE_BYTES = 16_384

/**
 * The dead letters of rows that can't be forwarded for one reason: as few as SQS takes, each an event with only these rows. What is in one
 * group stays in one letter.
 */
export function* toRowLetters<Group>(
  event: UncheckedBreachEvent,
  groups: readonly Group[],
  { code, rowsOf, detailOf }: Reason<Group>,
  now: number,
): Generator<OutgoingMessage> {
  const bodyOf = (members: readonly unknown[]) =>
    toMessageBody({ ...event, data: { ...event.data, members } })
  const maxSize = MAX_MESSAGE_BYTES - ATTRIBUTE_BYTES - Buffer.byteLength(bodyOf([]))
  const sizeOf = (group: Group) => Buffer.byteLength(toMessageBody(rowsOf(group)))
  for (const letter of pack(groups, { sizeOf, maxSize }))
    yield toDeadLetter(bodyOf(letter.flatMap(rowsOf)), { code, detail: detailOf(letter), event }, now)
}

type Reason<Group> = {
  code: 'invalid_member' | 'unsendable'
  rowsOf: (group: Group) => readonly unknown[]
  detailOf: (groups: readonly Group[]) => string
}

const MAX_REASONS = 3
const MAX_RANGES = 100

/** The first reasons, and which rows of the event they are, such as `rows 0-3, 9`; of both so many that every letter can be sent. */
export function describeInvalid(invalid: readonly InvalidMember[]): string {
  const reasons = invalid.slice(0, MAX_REASONS).map(({ detail }) => detail)
  if (invalid.length === 1) return reasons.join()
  const ranges = toRanges(invalid.map(({ index }) => index))
  const named = ranges.slice(0, MAX_RANGES).map(nameRange)
  const more = ranges.length > MAX_RANGES ? ' and more' : ''
  return `${reasons.join('; ')}; ${invalid.length} rows: ${named.join(', ')}${more}`
}
