import { MAX_MEMBERS, MemberSchema, RowIndexSchema } from '../../lib/contract/breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { pack } from '../../lib/queue/pack.ts'
import { toMessageBody } from '../../lib/queue/send-messages.ts'
import { type DeadLetter, readEvent } from './dead-letter.ts'

/** Below SQS's 1 MiB: leaves room for the reason if fan-out has to dead-letter it. */
const MAX_BYTES = 1_000_000

/**
 * Cuts the event of a letter into events of at most `maxRows` rows: the same event, each row with its index, so that together they are
 * redrives of the run that was refused. All rows of a person stay together. Undefined if that can't be: the letter holds no event, or one
 * person has too many rows. The same letter is always cut the same way.
 */
export function splitLetter(letter: Pick<DeadLetter, 'body'>, maxRows: number): string[] | undefined {
  const event = readEvent(letter)
  if (!event) return undefined
  const bodyOf = (members: readonly unknown[]) =>
    toMessageBody({ ...event, data: { ...event.data, members } })
  const most = Math.min(maxRows, MAX_MEMBERS)
  const room = MAX_BYTES - Buffer.byteLength(bodyOf([]))
  const rows = event.data.members.map((row, place) => ({ place, row: withIndex(row, place) }))
  const people = groupByPerson(rows, ({ row, place }) => emailOf(row) ?? `row ${place}`).map((group) =>
    group.map(({ row }) => row),
  )
  const sizeOf = (person: readonly unknown[]) => Buffer.byteLength(toMessageBody(person))
  if (people.some((person) => person.length > most || sizeOf(person) > room)) return undefined
  const parts = pack(people, { sizeOf: (person) => person.length, maxSize: most })
  return [...parts].flatMap((part) =>
    [...pack(part, { sizeOf, maxSize: room })].map((piece) => bodyOf(piece.flat())),
  )
}

function emailOf(row: unknown): string | undefined {
  return MemberSchema.safeParse(row).data?.email_address
}

function withIndex(row: unknown, place: number): unknown {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return row
  const own = 'row_index' in row ? RowIndexSchema.safeParse(row.row_index).data : undefined
  return { ...row, row_index: own ?? place }
}
