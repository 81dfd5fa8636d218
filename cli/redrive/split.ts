import { MAX_MEMBERS, MemberSchema, RowIndexSchema } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { pack } from '../../lib/queue/pack.ts'
import { toMessageBody } from '../../lib/queue/send-messages.ts'
import { type DeadLetter, readEvent } from './dead-letter.ts'
import type { Work } from './redrive-dead-letters.ts'
import type { Limits } from './stage.ts'

/** Below SQS's 1 MiB: leaves room for the reason if fan-out has to dead-letter it. */
const MAX_BYTES = 1_000_000

/** Events of at most `most` rows, 0 if that is not known. No events: the letter can't be cut. */
export type Pieces = { events: string[]; most: number }

/**
 * Cuts the event of a letter into events as small as the limit that refused it, or else the stage's: the same event, each row with its index,
 * so that together they are redrives of the run that was refused. All rows of a person stay together. There is no event if the letter holds
 * none, or if one person has too many rows. The same letter is always cut the same way.
 */
export function splitLetter(letter: Pick<DeadLetter, 'body' | 'maxMembers'>, { perEvent }: Limits): Pieces {
  const event = readEvent(letter)
  const most = Math.min(letter.maxMembers ?? perEvent ?? 0, MAX_MEMBERS)
  if (!event || most === 0) return { events: [], most }
  const bodyOf = (members: readonly unknown[]) =>
    toMessageBody({ ...event, data: { ...event.data, members } })
  const room = MAX_BYTES - Buffer.byteLength(bodyOf([]))
  const rows = event.data.members.map((row, place) => ({ place, row: withIndex(row, place) }))
  const people = groupByPerson(rows, ({ row, place }) => emailOf(row) ?? `row ${place}`).map((group) =>
    group.map(({ row }) => row),
  )
  const sizeOf = (person: readonly unknown[]) => Buffer.byteLength(toMessageBody(person))
  if (people.some((person) => person.length > most || sizeOf(person) > room)) return { events: [], most }
  const parts = pack(people, { sizeOf: (person) => person.length, maxSize: most })
  const events = [...parts].flatMap((part) =>
    [...pack(part, { sizeOf, maxSize: room })].map((piece) => bodyOf(piece.flat())),
  )
  return { events, most }
}

/** Sends the letters with these ids in pieces. Only these: what has come since was not approved. One at a time: Ctrl-C ends it soon. */
export function toSplitWork(ids: ReadonlySet<string>, limits: Limits): Work {
  return {
    ...{ does: 'send', isRehearsed: false, limit: ids.size, atOnce: 1 },
    isChosen: ({ messageId }) => ids.has(messageId),
    isTaken: () => true,
    toBodies: (letter) => splitLetter(letter, limits).events,
  }
}

function emailOf(row: object): string | undefined {
  return MemberSchema.safeParse(row).data?.email_address
}

/** A row that is not an object becomes one: without its index, nobody would know how it ended. */
function withIndex(row: unknown, place: number): object {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { row, row_index: place }
  const own = 'row_index' in row ? RowIndexSchema.safeParse(row.row_index).data : undefined
  return { ...row, row_index: own ?? place }
}
