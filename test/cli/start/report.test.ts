import { expect, it } from 'vitest'
import type { EndCounts } from '../../../cli/start/counts.ts'
import type { Report } from '../../../cli/start/deliveries.ts'
import { toLocalStage } from '../../../cli/start/local-stage.ts'
import { keptPromises, NEXT, toJson, toSummary } from '../../../cli/start/report.ts'
import { NO_REASON } from '../../../lib/contract/codes.ts'

const ends = (
  rows: number,
  kind: EndCounts['groups'][number]['kind'],
  code: string,
  count = rows,
): EndCounts => ({
  rows,
  groups: [{ kind, code, count, examples: [] }],
})
const good: Report = {
  first: ends(20_000, 'reset', 'reset', 16_000),
  again: ends(20_000, 'skipped', 'covered'),
  sessions: {
    ...{ ended: 24_000, people: 15_000, stolenAlive: 0 },
    ...{ first: ends(16_000, 'ended', 'ended'), again: ends(16_000, 'skipped', 'sessions_covered') },
  },
  seconds: { first: 50, again: 10 },
  ...{ inQueue: 0, stolenAlive: 0, repeatedResets: 0, newPasswords: { chosen: 5, alive: 5 } },
  ...{ newSessions: { begun: 7, alive: 7 }, crashes: { requireReset: 0, endSessions: 0 } },
}
const logs = (leaks = 0) => ({ lines: () => 9, leaks: () => leaks })

it('shows the speed of each delivery of a long run, and of no other', () => {
  const stage = toLocalStage(20_000)
  const summary = toSummary(good, logs(), 25, stage)
  expect(summary).toMatch(/first delivery +50 s, 400 rows a second \(16000 resets\)/)
  expect(summary).toMatch(/second delivery +10 s, 2000 rows a second/)
  expect(toSummary(good, logs(), 25, undefined)).not.toMatch(/rows a second/)
  expect(toJson(good, logs(), stage)).toMatchObject({ budget: 1000, seconds: { first: 50, again: 10 } })
  expect(toJson(good, logs(), undefined)).not.toHaveProperty('budget')
})

it('counts one row and one member as one, and what to try next in at most 80 columns', () => {
  const one = { first: ends(1, 'reset', 'reset'), again: ends(1, 'skipped', 'covered') }
  const summary = toSummary({ ...good, ...one, newPasswords: { chosen: 1, alive: 1 } }, logs(), 25, undefined)
  expect(summary).toContain('\nFirst delivery: 1 row\n')
  expect(summary).toContain('\nThe same event again, after 1 member chose new passwords: 1 row\n')
  expect(NEXT.split('\n').filter((line) => line.length > 80)).toEqual([])
})

it('says how many sessions ended, of how many people, how end-sessions ended with whom, and who is on the dead-letter queue', () => {
  const first = {
    rows: 3,
    groups: [
      { kind: 'ended', code: 'ended', count: 2, examples: [] },
      { kind: 'dead_lettered', code: 'sessions_alive', count: 1, examples: ['ada@customer.example'] },
    ],
  } as const satisfies EndCounts
  const sessions = { ...good.sessions, ended: 3, people: 1, stolenAlive: 4, first }
  const summary = toSummary({ ...good, sessions }, logs(), 25, undefined)
  expect(summary).toMatch(
    /^Sessions: 3 ended, of 1 person\n +2 {2}ended .*\n +1 {2}dead-lettered sessions_alive/m,
  )
  expect(summary).toMatch(/^ +16000 {2}skipped +sessions_covered /m)
  const dryRun = { ...good, sessions: { ...good.sessions, again: { rows: 0, groups: [] } } }
  expect(toSummary(dryRun, logs(), 25, undefined)).not.toContain('and their sessions')
  expect(summary).toMatch(/^ {2}sessions_alive: a…@customer\.example/m)
  expect(summary).toMatch(/^ {2}stolen sessions still alive +4$/m)
  expect(toJson({ ...good, sessions }, logs(), undefined)).toMatchObject({
    ...{ sessions_ended: 3, people_with_sessions_ended: 1, stolen_sessions_alive: 4 },
    end_sessions: { passed_on: 3, ended: 2, skipped: 0, dead_lettered: 1, missing: 0 },
    delivered_again: { end_sessions: { passed_on: 16_000, skipped: 16_000 } },
  })
})

const run = { enforced: true, endsSessions: true, crash: false, unrecorded: 25 }
const crash = { ...run, crash: true }
const without = { ...run, endsSessions: false }
const killed = { requireReset: 1, endSessions: 2 }
const sessionsWith = (rest: Partial<Report['sessions']>) => ({ sessions: { ...good.sessions, ...rest } })

it.each<[string, Partial<Report>, number, typeof run]>([
  ['in which everyone was reset', {}, 0, run],
  ['of a dry run, which leaves passwords alive', { stolenAlive: 9 }, 0, { ...run, enforced: false }],
  [
    'of a dry run, which leaves sessions alive',
    sessionsWith({ stolenAlive: 9 }),
    0,
    { ...run, enforced: false },
  ],
  ['without end-sessions, which leaves sessions alive', sessionsWith({ stolenAlive: 9 }), 0, without],
  [
    'whose killed process repeated what it had not recorded',
    { crashes: killed, repeatedResets: 25 },
    0,
    crash,
  ],
])('is content with a run %s', (_, rest, leaks, asked) => {
  expect(keptPromises({ ...good, ...rest }, logs(leaks), asked)).toBe(true)
})

it.each<[string, Partial<Report>, number, typeof run]>([
  ['lost a row', { first: ends(1, 'missing', 'missing') }, 0, run],
  ['lost a row of the second delivery', { again: ends(1, 'missing', 'missing') }, 0, run],
  ['left it to SQS to dead-letter a row', { first: ends(1, 'dead_lettered', NO_REASON) }, 0, run],
  ['left a message on a queue', { inQueue: 1 }, 0, run],
  ['left a stolen password alive', { stolenAlive: 1 }, 0, run],
  ['left a stolen session alive', sessionsWith({ stolenAlive: 1 }), 0, run],
  [
    'lost somebody on the way to end-sessions',
    sessionsWith({ first: ends(1, 'missing', 'missing') }),
    0,
    run,
  ],
  [
    'left it to SQS to dead-letter the sessions of somebody',
    sessionsWith({ first: ends(1, 'dead_lettered', NO_REASON) }),
    ...([0, run] as const),
  ],
  ['logged people out again', { newSessions: { begun: 7, alive: 6 } }, 0, run],
  ['called someone again', { repeatedResets: 1 }, 0, run],
  ['called more people again than a killed process may', { crashes: killed, repeatedResets: 26 }, 0, crash],
  ['deleted a new password', { newPasswords: { chosen: 5, alive: 4 } }, 0, run],
  ['killed nothing though it was asked to', {}, 0, crash],
  ['did not kill end-sessions though it was asked to', { crashes: { ...killed, endSessions: 0 } }, 0, crash],
  ['logged an address', {}, 1, run],
])('is not content with a run that %s', (_, rest, leaks, asked) => {
  expect(keptPromises({ ...good, ...rest }, logs(leaks), asked)).toBe(false)
})
