import { expect, it } from 'vitest'
import { type Delivery, toDeliveries } from '../../../cli/progress/deliveries.ts'
import { eventLines } from '../../../cli/status/event-lines.ts'
import { listLines } from '../../../cli/status/list-lines.ts'
import { AT, accepted, deadLettered, reset, settled } from '../progress/facts.ts'

const ROWS = [0, 1, 2]
const FAILED = toDeliveries([
  accepted('0-2', { run: 'first' }),
  settled(
    'require-reset',
    ROWS.map((row) => deadLettered(row, 'timeout')),
    { run: 'first' },
  ),
  ...ROWS.flatMap((row) => [
    accepted(String(row), { run: `again-${row}`, of: 'first', at: AT + 120_000 + row * 1000 }),
    settled('require-reset', [deadLettered(row, 'timeout')], { run: `again-${row}`, at: AT + 130_000 }),
  ]),
])

it('says once of redrives that ended alike how they did, however many letters there were', () => {
  const lines = eventLines(FAILED[0] as Delivery, [], {
    columns: 120,
    now: AT + 140_000,
    target: '--stage test',
  })
  expect(lines.filter((line) => line.startsWith('  2026'))).toEqual([
    '  2026-11-29 02:12:00 UTC to 2026-11-29 02:12:02 UTC, 3 messages, each: finished, with dead letters: 1 row: 1',
  ])
})

it('says how to learn who the rows are', () => {
  const lines = eventLines(FAILED[0] as Delivery, [], { columns: 80, now: AT, target: '--stage test' })
  expect(lines.slice(-2).join(' ')).toContain('With --people FILE')
})

it.each([60, 80])('lists events in %i columns without a broken line', (columns) => {
  const lines = listLines(FAILED, columns)
  expect(lines.filter((line) => line.length > columns)).toEqual([])
  expect(lines).toHaveLength(3)
})

it.each([60, 80])('says in %i columns that rows whose sessions are open are reset as well', (columns) => {
  const half = toDeliveries([
    accepted('0-2'),
    settled('require-reset', [reset(0), reset(1)], { passedOn: [0, 1] }),
  ])
  const [, ...lines] = listLines(half, columns)
  expect(lines.join(' ')).toMatch(
    /open +3 +2 +0 +0 +3 .* A row that is reset or skipped counts as open, too, until/,
  )
  expect(lines.filter((line) => line.length > columns)).toEqual([])
})
