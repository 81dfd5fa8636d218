import { expect } from 'vitest'
import type { ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { groupByPerson, normalizeEmail } from '../../lib/contract/person.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { runRequireReset } from './run-require-reset.ts'

/**
 * Expects that each person of an event that require-reset has settled is told once, and is in the ledger, skipped, in one dead
 * letter with all of their rows, or in one smaller event with some of them; and that no owed ledger row is forgotten.
 */
export function accountForPeople(
  event: ResetEvent,
  { world }: Awaited<ReturnType<typeof runRequireReset>>,
): void {
  const people = groupByPerson(event.data.members, emailOf)
  const lines = world.recorder.lines.filter(({ event_id }) => event_id === event.id)
  const told = (outcome: string) => lines.filter((line) => line.outcome === outcome)
  const letters = rowsOf(world.sent['dead-letter'], event.id)
  const deferred = rowsOf(world.sent.reset, event.id).flatMap((rows) => groupByPerson(rows, emailOf))
  expect(lines).toHaveLength(people.length)
  expect(letters).toHaveLength(told('dead_lettered').length)
  expect(deferred).toHaveLength(told('deferred').length)
  for (const { person } of told('reset')) expect(world.rows.has(`${person} reset`)).toBe(true)

  const gone = [...letters, ...deferred].map((rows) => personOf(rows[0]))
  expect(new Set(gone).size).toBe(gone.length)
  const rowsOfPerson = new Map(people.map((rows) => [personOf(rows[0]), rows]))
  for (const rows of letters) {
    const came = rowsOfPerson.get(personOf(rows[0])) ?? []
    expect(rows).toEqual(came.map(({ owed: _, uncertain: _u, idstried: _i, ...row }) => row))
  }
  for (const rows of deferred) {
    const came = rowsOfPerson.get(personOf(rows[0])) ?? []
    expect(came.map(idsOf)).toEqual(expect.arrayContaining(rows.map(idsOf)))
    const owed = came.find((row) => row.owed)?.owed
    if (owed) expect(rows.some((row) => row.owed)).toBe(true)
  }
}

const emailOf = (row: ResetMember) => row.email_address
const personOf = (row?: ResetMember) => normalizeEmail(row?.email_address ?? '')
const idsOf = ({ organization_id, member_id }: ResetMember) => JSON.stringify([organization_id, member_id])

function rowsOf(messages: readonly OutgoingMessage[] = [], id: string): ResetMember[][] {
  const events: ResetEvent[] = messages.map(({ body }) => JSON.parse(body))
  return events.filter((event) => event.id === id).map(({ data }) => data.members)
}
