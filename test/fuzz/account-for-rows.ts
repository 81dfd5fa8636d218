import { expect } from 'vitest'
import { groupByPerson, normalizeEmail } from '../../lib/contract/person.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { WHOLE_EVENT_CODES } from '../fixtures/whole-event-codes.ts'

type Row = { email_address: string; organization_id?: string; member_id?: string }
type Handled = { body: string; chunks: readonly OutgoingMessage[]; letters: readonly OutgoingMessage[] }

/**
 * Expects that a record which fan-out has handled is dead-lettered whole, or that each of its rows, counted with multiplicity,
 * is in a dead letter of its own or forwarded; and that no row is forwarded twice and no person is in two messages.
 * Returns how many rows are left to be told as duplicates.
 */
export function accountForRows({ body, chunks, letters }: Handled): number {
  const alone = letters.filter((letter) => codeOf(letter) === 'invalid_member')
  const refused = letters.filter((letter) => codeOf(letter) === 'unsendable')
  const [whole] = letters.filter((letter) => !alone.includes(letter) && !refused.includes(letter))
  if (whole) {
    expect([letters.length, chunks.length]).toEqual([1, 0])
    if (!WHOLE_EVENT_CODES.has(codeOf(whole) ?? '')) expect(whole.body).toBe(body)
    else expect(rowsOf(whole.body).map(essence)).toEqual(rowsIn(body).map(essence))
    return 0
  }
  const dead = new Set(alone.flatMap((letter) => rowsOf(letter.body).map(asText)))
  const came = rowsIn(body)
  const alive = came.filter((row) => !dead.has(asText(row)))
  expect(alone.flatMap((letter) => rowsOf(letter.body).map(asText))).toEqual(
    came.filter((row) => dead.has(asText(row))).map(asText),
  )
  const forwarded = [...chunks, ...refused].map((message) => rowsOf(message.body))
  expect(new Set(forwarded.flat().map(essence))).toEqual(new Set(alive.map(essence)))
  const people = groupByPerson(alive, (row) => row.email_address)
  const perMessage = forwarded.map((rows) => groupByPerson(rows, (row) => row.email_address).length)
  expect(perMessage.reduce((sum, count) => sum + count, 0)).toBe(people.length)
  const distinct = people.flatMap((rows) => [...Map.groupBy(rows, idsOf).values()])
  expect(forwarded.flat()).toHaveLength(distinct.length)
  return alive.length - people.length
}

const codeOf = ({ attributes }: OutgoingMessage) => attributes?.['failure-code']
const rowsOf = (body: string): Row[] => JSON.parse(body).data.members
const asText = (row: unknown) => JSON.stringify(row)
const idsOf = ({ organization_id, member_id }: Row) => JSON.stringify([organization_id, member_id])
const essence = (row: Row | null) =>
  typeof row?.email_address === 'string' ? normalizeEmail(row.email_address) + idsOf(row) : asText(row)

function rowsIn(body: string): Row[] {
  const unwrapped = unwrapEnvelopes(body)
  if (unwrapped.kind === 'rejected') throw new Error('rows were made of what can not be unwrapped')
  return (unwrapped.value as { data: { members: Row[] } }).data.members
}
