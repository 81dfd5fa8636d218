import { expect, it } from 'vitest'
import {
  countEnds,
  countEndsWithSessions,
  countLines,
  createCount,
  deadLetterLines,
  toCounts,
  toSessionCounts,
} from '../../../cli/start/counts.ts'
import type { RowEnd } from '../../../cli/start/tally.ts'

const end = (kind: RowEnd['kind'], code: string, email?: string): RowEnd => ({ kind, code, email })
const ends = [
  ...['ada', 'lin', 'kay', 'max'].map((name) =>
    end('dead_lettered', 'invalid_email', `${name}@customer.example`),
  ),
  end('dead_lettered', 'invalid_member'),
  end('reset', 'reset', 'eve@customer.example'),
  end('skipped', 'covered', 'joe@customer.example'),
]

it('counts rows by how they ended, and hands over every end once', () => {
  const seen: RowEnd[] = []
  const counts = countEnds(ends.values(), (one) => seen.push(one))
  expect(seen).toEqual(ends)
  expect(toCounts(counts)).toEqual({
    ...{ received: 7, reset: 1, skipped: 1, dead_lettered: 5, missing: 0 },
    by_code: { invalid_email: 4, invalid_member: 1, reset: 1, covered: 1 },
  })
  expect(countLines(counts)[0]).toMatch(/^ +4 {2}dead-lettered invalid_email$/)
})

it('counts apart how end-sessions ended with those who were passed on', () => {
  const seen: RowEnd[] = []
  const sessions = { kind: 'dead_lettered', code: 'sessions_alive' } as const
  const all = [...ends, { ...end('reset', 'reset', 'sue@customer.example'), sessions }]
  const { counts, passedOn } = countEndsWithSessions(all.values(), (one) => seen.push(one))
  expect(seen).toEqual(all)
  expect(counts).toEqual(countEnds(all))
  expect(passedOn).toEqual({
    rows: 1,
    groups: [{ ...sessions, count: 1, examples: ['sue@customer.example'] }],
  })
})

it('counts how end-sessions ended with people by the same rules', () => {
  const count = createCount()
  for (const code of ['ended', 'ended']) count.add({ kind: 'ended', code, email: undefined })
  count.add({ kind: 'skipped', code: 'no_member_found', email: undefined })
  expect(toSessionCounts(count.counts())).toEqual({
    ...{ passed_on: 3, ended: 2, skipped: 1, dead_lettered: 0, missing: 0 },
    by_code: { ended: 2, no_member_found: 1 },
  })
  expect(countLines(count.counts())[0]).toMatch(/^ +2 {2}ended +no session from before is left$/)
})

it('shows three of the people who are on the dead-letter queue for one reason, masked', () => {
  expect(deadLetterLines(countEnds(ends))).toEqual([
    '  invalid_email: a…@customer.example, l…@customer.example, k…@customer.example and 1 more',
    expect.any(String),
    '  invalid_member: (no address)',
    expect.any(String),
  ])
})
