import { expect, it } from 'vitest'
import { countRepeatedResets, createTally, type Traces } from '../../../cli/start/tally.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const ADA = 'ada@customer.example'
const LIN = 'lin@customer.example'
type Event = Parameters<ReturnType<typeof createTally>>[0]
const personKey = (email: string) => `key of ${email}`

function tally(members: unknown[], traces: Partial<Traces>) {
  const event = breachEvent({ data: { members } }) as Event
  const all = { calls: [], deadLetters: [], skips: new Map(), ...traces }
  return createTally(all, personKey)(event).map(({ kind, code }) => `${kind} ${code}`)
}
const { id: eventId } = breachEvent() as { id: string }
const letter = (code: string, ...rows: unknown[]) => ({
  ...{ messageId: code, detail: '', eventId, code, rows, ofSessions: false },
})

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

it('finds how end-sessions ended with everyone who was passed on, and takes its dead letter for no end of a reset', () => {
  const emails = [ADA, LIN, 'kay@customer.example', 'max@customer.example', 'eve@customer.example']
  const calls = emails
    .slice(0, 3)
    .map((email) => ({ at: 0, email, status: 200, effect: 'deleted' as const, requestId: 'r' }))
  const deadLetters = [{ ...letter('sessions_refused', { email_address: ADA }), ofSessions: true }]
  const skips = new Map([
    [`${eventId} ${personKey('max@customer.example')}`, 'covered'],
    [`${eventId} ${personKey('eve@customer.example')}`, 'not_a_member'],
  ])
  const sessionEnds = new Map([
    [`${eventId} ${personKey(LIN)}`, 'ended'],
    [`${eventId} ${personKey('max@customer.example')}`, 'sessions_covered'],
  ])
  const event = breachEvent({ data: { members: emails.map((email_address) => ({ email_address })) } })
  const tallied = createTally({ calls, deadLetters, skips, sessionEnds }, personKey)(event as Event)
  expect(tallied.map(({ kind, sessions }) => [kind, sessions?.kind, sessions?.code])).toEqual([
    ['reset', 'dead_lettered', 'sessions_refused'],
    ['reset', 'ended', 'ended'],
    ['reset', 'missing', 'missing'],
    ['skipped', 'skipped', 'sessions_covered'],
    ['skipped', undefined, undefined],
  ])
  const [alone] = createTally({ calls, deadLetters, skips }, personKey)(event as Event)
  expect(alone).not.toHaveProperty('sessions')
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
