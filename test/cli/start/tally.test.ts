import { expect, it } from 'vitest'
import {
  countEnds,
  countLines,
  countRepeatedResets,
  createTally,
  deadLetterLines,
  type RowEnd,
  type Traces,
  toCounts,
} from '../../../cli/start/tally.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const ADA = 'ada@customer.example'
const LIN = 'lin@customer.example'
const personKey = (email: string) => `key of ${email}`

function tally(members: unknown[], traces: Partial<Traces>) {
  const event = breachEvent({ data: { members } }) as Parameters<ReturnType<typeof createTally>>[0]
  const all = { calls: [], deadLetters: [], skips: new Map(), ...traces }
  return createTally(all, personKey)(event).map(({ kind, code }) => `${kind} ${code}`)
}
const { id: eventId } = breachEvent() as { id: string }
const letter = (code: string, ...rows: unknown[]) => ({ messageId: code, detail: '', eventId, code, rows })

it('goes by person: on the dead-letter queue, else reset at Stytch, else skipped in the log, else missing', () => {
  const traces: Partial<Traces> = {
    calls: [
      { at: 0, email: ADA, status: 500, effect: 'deleted', requestId: 'r' },
      { at: 0, email: 'max@customer.example', status: 200, effect: 'none', requestId: 'r' },
    ],
    deadLetters: [letter('invalid_email', { email_address: 'kay@customer.example' })],
    skips: new Map([
      [`${eventId} ${personKey(LIN)}`, 'covered'],
      [`another event ${personKey('max@customer.example')}`, 'covered'],
    ]),
  }
  const rows = [ADA, ` ${ADA.toUpperCase()}`, LIN, 'kay@customer.example', 'max@customer.example']
  const members = rows.map((email_address) => ({ email_address }))
  expect(tally(members, traces)).toEqual([
    'reset reset',
    'skipped duplicate',
    'skipped covered',
    'dead_lettered invalid_email',
    'missing missing',
  ])
})

it('finds a bad row by what it holds: two letters for one row are no letter for the other', () => {
  const bad = { email_address: 'ada at customer' }
  const deadLetters = [letter('invalid_member', bad), letter('invalid_member', bad)]
  expect(tally([bad, 'rubbish', { email_address: LIN }], { deadLetters })).toEqual([
    'dead_lettered invalid_member',
    'missing missing',
    'missing missing',
  ])
})

it('takes a dead letter for the event that it names only', () => {
  const row = { email_address: ADA }
  const deadLetters = [{ ...letter('invalid_email', row, row), eventId: 'another' }]
  expect(tally([row], { deadLetters })).toEqual(['missing missing'])
})

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

it('shows three of the people who are on the dead-letter queue for one reason, masked', () => {
  expect(deadLetterLines(countEnds(ends))).toEqual([
    '  invalid_email: a***@c***.example, l***@c***.example, k***@c***.example and 1 more',
    expect.any(String),
    '  invalid_member: (no address)',
    expect.any(String),
  ])
})

it('counts a person once who was called after a reset, and nobody whose earlier calls did nothing', () => {
  const call = (email: string, effect: 'deleted' | 'none') => ({ email, effect })
  const calls = [
    ...[call('ada', 'none'), call('ada', 'deleted')],
    ...[call('lin', 'deleted'), call('lin', 'none'), call('lin', 'deleted')],
    ...[call('kay', 'none'), call('kay', 'none')],
  ]
  expect(countRepeatedResets(calls)).toBe(1)
})
