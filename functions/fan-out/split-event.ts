import type { IndexedMember } from '../../lib/contract/check-members.ts'
import { groupByPerson } from '../../lib/contract/group-by-person.ts'
import type { Member } from '../../lib/contract/member.ts'
import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'

export type Split = { chunks: ResetEvent[]; duplicates: IndexedMember[] }

/**
 * Splits an event into smaller ones of at most `peoplePerChunk` people. All rows of one person stay together;
 * rows beyond a person's first are returned as duplicates, and travel along only where their ids differ.
 */
export function splitEvent(
  event: UncheckedBreachEvent & { fence: string },
  members: readonly IndexedMember[],
  peoplePerChunk: number,
): Split {
  const people = groupByPerson(members, ({ member }) => member.email_address)
  const chunks: ResetEvent[] = []
  for (let from = 0; from < people.length; from += peoplePerChunk) {
    const rows = people.slice(from, from + peoplePerChunk).flatMap(distinctRows)
    chunks.push({
      ...event,
      attempts: 0,
      data: { ...event.data, members: rows },
    })
  }
  return { chunks, duplicates: people.flatMap((rows) => rows.slice(1)) }
}

function distinctRows(rows: readonly IndexedMember[]): Member[] {
  const byIds = Map.groupBy(rows, ({ member }) => `${member.organization_id ?? ''} ${member.member_id ?? ''}`)
  return [...byIds.values()].flatMap(([first]) => (first ? [first.member] : []))
}
