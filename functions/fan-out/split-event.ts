import type { Member, ResetEvent, UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import type { IndexedMember } from '../../lib/contract/check-breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import type { Config } from './config.ts'

type Split = { chunks: ResetEvent[]; duplicates: IndexedMember[] }

/**
 * Splits an event into chunks of equal size, each of at most `membersPerMessage` people, and so many that the execution
 * environments of require-reset, which together take `messagesAtOnce` messages, start and finish the event together.
 * All rows of one person stay in one chunk. Rows after a person's first are returned as duplicates, and are in the chunk only
 * if their ids differ.
 */
export function splitEvent(
  event: UncheckedBreachEvent & { fence: string; sentat: string },
  members: readonly IndexedMember[],
  { membersPerMessage, messagesAtOnce }: Pick<Config, 'membersPerMessage' | 'messagesAtOnce'>,
): Split {
  const people = groupByPerson(members, ({ member }) => member.email_address)
  const rounds = Math.ceil(people.length / (messagesAtOnce * membersPerMessage))
  const count = Math.min(people.length, rounds * messagesAtOnce)
  const startOf = (chunk: number) => Math.floor((chunk * people.length) / count)
  const chunks = Array.from({ length: count }, (_, chunk): ResetEvent => {
    const rows = people.slice(startOf(chunk), startOf(chunk + 1)).flatMap(distinctRows)
    return { ...event, attempts: 0, data: { ...event.data, members: rows } }
  })
  return { chunks, duplicates: people.flatMap((rows) => rows.slice(1)) }
}

function distinctRows(rows: readonly IndexedMember[]): Member[] {
  const byIds = Map.groupBy(rows, ({ member }) => `${member.organization_id ?? ''} ${member.member_id ?? ''}`)
  return [...byIds.values()].flatMap(([first]) => (first ? [first.member] : []))
}
