import { expect, it } from 'vitest'
import { countEnds, countLines, deadLetterLines, type RowEnd, toCounts } from '../../cli/start/tally.ts'

const end = (kind: RowEnd['kind'], code: string, email?: string): RowEnd => ({ kind, code, email })
const ends = [
  ...['ada', 'lin', 'kay', 'max'].map((name) =>
    end('dead_lettered', 'invalid_email', `${name}@customer.example`),
  ),
  end('dead_lettered', 'invalid_member'),
  end('reset', 'reset', 'eve@customer.example'),
  end('skipped', 'covered', 'joe@customer.example'),
]

it('counts rows by how they ended, and tells of every end once', () => {
  const told: RowEnd[] = []
  const counts = countEnds(ends.values(), (one) => told.push(one))
  expect(told).toEqual(ends)
  expect(toCounts(counts)).toEqual({
    ...{ received: 7, reset: 1, skipped: 1, dead_lettered: 5, missing: 0 },
    by_code: { invalid_email: 4, invalid_member: 1, reset: 1, covered: 1 },
  })
  expect(countLines(counts)[0]).toMatch(/^ +4 {2}dead-lettered invalid_email$/)
})

it('shows three of those who are on the dead-letter queue for a reason, masked', () => {
  expect(deadLetterLines(countEnds(ends))).toEqual([
    '  invalid_email: a***@c***.example, l***@c***.example, k***@c***.example and 1 more',
    expect.any(String),
    '  invalid_member: (no address)',
    expect.any(String),
  ])
})
