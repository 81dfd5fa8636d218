import { expect, it } from 'vitest'
import { castRow, makeBreach } from '../../cli/start/scenario.ts'

it('makes the same events each time it is gone through, with every row once', () => {
  const breach = makeBreach(25, 1_700_000_000_000, 10)
  const events = [...breach.events]
  expect(events.map(({ data }) => data.members.length)).toEqual([10, 10, 5])
  expect(new Set(events.map(({ id }) => id)).size).toBe(3)
  expect([...breach.events]).toEqual(events)
  expect([...breach.bodies].map((body) => JSON.parse(body))).toEqual(events)
  const rows = Array.from({ length: breach.rows }, (_, index) => castRow(index).written)
  expect(events.flatMap(({ data }) => data.members)).toEqual(rows)
})
