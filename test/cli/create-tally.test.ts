import { expect, it } from 'vitest'
import { createTally, type Traces } from '../../cli/start/tally.ts'
import { breachEvent } from '../fixtures/breach-event.ts'

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
