import { expect, it } from 'vitest'
import type { Report } from '../../../cli/start/deliveries.ts'
import { toLocalStage } from '../../../cli/start/local-stage.ts'
import { keptPromises, toJson, toSummary } from '../../../cli/start/report.ts'
import type { EndCounts, RowEnd } from '../../../cli/start/tally.ts'
import { NO_REASON } from '../../../lib/contract/codes.ts'

const ends = (rows: number, kind: RowEnd['kind'], code: string, count = rows): EndCounts => ({
  rows,
  groups: [{ kind, code, count, examples: [] }],
})
const good: Report = {
  first: ends(20_000, 'reset', 'reset', 16_000),
  again: ends(20_000, 'skipped', 'covered'),
  seconds: { first: 50, again: 10 },
  ...{ inQueue: 0, stolenAlive: 0, repeatedResets: 0, newPasswords: { chosen: 5, alive: 5 }, crashes: 0 },
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

const run = { enforced: true, crash: false, unrecorded: 25 }
const crash = { ...run, crash: true }

it.each<[string, Partial<Report>, number, typeof run]>([
  ['in which everyone was reset', {}, 0, run],
  ['of a dry run, which leaves passwords alive', { stolenAlive: 9 }, 0, { ...run, enforced: false }],
  ['whose killed process repeated what it had not recorded', { crashes: 1, repeatedResets: 25 }, 0, crash],
])('is content with a run %s', (_, rest, leaks, asked) => {
  expect(keptPromises({ ...good, ...rest }, logs(leaks), asked)).toBe(true)
})

it.each<[string, Partial<Report>, number, typeof run]>([
  ['lost a row', { first: ends(1, 'missing', 'missing') }, 0, run],
  ['lost a row of the second delivery', { again: ends(1, 'missing', 'missing') }, 0, run],
  ['left it to SQS to dead-letter a row', { first: ends(1, 'dead_lettered', NO_REASON) }, 0, run],
  ['left a message on a queue', { inQueue: 1 }, 0, run],
  ['left a stolen password alive', { stolenAlive: 1 }, 0, run],
  ['called someone again', { repeatedResets: 1 }, 0, run],
  ['called more people again than a killed process may', { crashes: 1, repeatedResets: 26 }, 0, crash],
  ['deleted a new password', { newPasswords: { chosen: 5, alive: 4 } }, 0, run],
  ['killed nothing though it was asked to', {}, 0, crash],
  ['logged an address', {}, 1, run],
])('is not content with a run that %s', (_, rest, leaks, asked) => {
  expect(keptPromises({ ...good, ...rest }, logs(leaks), asked)).toBe(false)
})
