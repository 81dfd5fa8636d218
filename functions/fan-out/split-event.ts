import type { Member, ResetEvent, UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import type { IndexedMember } from '../../lib/contract/check-breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import type { Config } from './config.ts'

type Split = { chunks: ResetEvent[]; duplicates: IndexedMember[] }

/**
 * Splits an event into chunks of equal size, each of at most `membersPerMessage` people, and so many that the execution
 * environments of require-reset, which together take `messagesAtOnce` messages, start and finish the event together.
 * All rows of one person stay in one chunk. Rows after a person's first are returned as duplicates, and are in the chunk only
 * if their ids differ. The first carries its index. `indices`: of the rows, by their place in the message.
 */
export function splitEvent(
  event: UncheckedBreachEvent & { fence: string; sentat: string },
  members: readonly IndexedMember[],
  indices: readonly (number | undefined)[],
  { membersPerMessage, messagesAtOnce }: Pick<Config, 'membersPerMessage' | 'messagesAtOnce'>,
): Split {
  const people = groupByPerson(members, ({ member }) => member.email_address)
  const rounds = Math.ceil(people.length / (messagesAtOnce * membersPerMessage))
  const count = Math.min(people.length, rounds * messagesAtOnce)
  const startOf = (chunk: number) => Math.floor((chunk * people.length) / count)
  const chunks = Array.from({ length: count }, (_, chunk): ResetEvent => {
    const rows = people
      .slice(startOf(chunk), startOf(chunk + 1))
      .flatMap((person) => distinctRows(person, indices))
    return { ...event, attempts: 0, data: { ...event.data, members: rows } }
  })
  return { chunks, duplicates: people.flatMap((rows) => rows.slice(1)) }
}

function distinctRows(rows: readonly IndexedMember[], indices: readonly (number | undefined)[]): Member[] {
  const byIds = Map.groupBy(rows, ({ member }) => `${member.organization_id ?? ''} ${member.member_id ?? ''}`)
  const distinct = [...byIds.values()].flatMap(([first]) => first ?? [])
  return distinct.map(({ index, member: { row_index: _, ...row } }) => {
    const row_index = index === rows[0]?.index ? indices[index] : undefined
    return row_index === undefined ? row : { ...row, row_index }
  })
}
