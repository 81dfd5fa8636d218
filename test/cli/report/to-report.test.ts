import { expect, it } from 'vitest'
import { toDeliveries } from '../../../cli/progress/deliveries.ts'
import { toCsv, toReport } from '../../../cli/report/to-report.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { AT, accepted, deadLettered, ended, refused, reset, settled, skipped } from '../progress/facts.ts'

const DETECTED = Date.parse('2026-11-29T02:00:00Z')

function report(facts: readonly Fact[], people?: readonly (string | undefined)[]) {
  const history = toDeliveries(facts)
  const [first] = history
  if (!first) throw new Error('no facts')
  return toReport(first, history, people)
}

const FACTS = [
  refused('over_limit', '0-3', { run: 'too-many', at: AT + 900_000 }),
  accepted('0-3'),
  settled(
    'require-reset',
    [reset(0), reset(1, AT + 40_000), skipped(2, 'covered'), deadLettered(3, 'invalid_email')],
    { passedOn: [0, 1, 2] },
  ),
  settled('end-sessions', [ended(0), deadLettered(1, 'sessions_alive'), ended(2)], { at: AT + 70_000 }),
]

it('has each row with its end in both lanes, and times of what this event did', () => {
  const at = (ms: number) => new Date(AT + ms).toISOString()
  expect(report(FACTS).members).toEqual([
    {
      ...{ index: 0, outcome: 'reset', code: 'reset', reset_at: at(30_000) },
      ...{ sessions: 'ended', sessions_code: 'ended', sessions_ended_at: at(45_000) },
    },
    {
      ...{ index: 1, outcome: 'reset', code: 'reset', reset_at: at(40_000) },
      ...{ sessions: 'dead_lettered', sessions_code: 'sessions_alive' },
    },
    {
      ...{ index: 2, outcome: 'skipped', code: 'covered' },
      ...{ sessions: 'ended', sessions_code: 'ended', sessions_ended_at: at(45_000) },
    },
    { index: 3, outcome: 'dead_lettered', code: 'invalid_email' },
  ])
})

it('measures from detection to reset, and to the end of sessions only of people whom this event reset', () => {
  const { times } = report(FACTS)
  expect(times.seconds_from_detection_to_reset).toEqual({ people: 2, median: 630, p95: 640, slowest: 640 })
  expect(times.seconds_from_reset_to_sessions_ended).toEqual({ people: 1, median: 15, p95: 15, slowest: 15 })
  expect(times.first_reset_at).toBe(new Date(AT + 30_000).toISOString())
})

it('measures by nearest rank: as many people as it says took no longer', () => {
  const resets = Array.from({ length: 20 }, (_, index) => reset(index, DETECTED + 1000 * (20 - index)))
  const { times } = report([accepted('0-19'), settled('require-reset', resets)])
  expect(times.seconds_from_detection_to_reset).toEqual({ people: 20, median: 10, p95: 19, slowest: 20 })
})

it('counts a person who was reset twice once, by the first time', () => {
  const again = settled('require-reset', [reset(0, AT + 90_000)], { at: AT + 95_000 })
  const { times, members } = report([...FACTS, again])
  expect(times.seconds_from_detection_to_reset?.people).toBe(2)
  expect(members[0]?.reset_at).toBe(new Date(AT + 30_000).toISOString())
})

it('takes the clock of a source that is ahead for one that is right', () => {
  const [, ahead] = FACTS
  const time = new Date(DETECTED + 3_600_000).toISOString()
  const facts = FACTS.map((fact) =>
    fact === ahead && fact.accepted ? { ...fact, accepted: { ...fact.accepted, time } } : fact,
  )
  expect(report(facts).times.seconds_from_detection_to_reset?.slowest).toBe(0)
})

it('lists other deliveries, redrives and refusals of the event', () => {
  const redriven = accepted('3', { run: 'again', of: 'run', at: AT + 300_000 })
  const history = report([...FACTS, redriven, settled('require-reset', [reset(3)], { run: 'again' })])
  expect(history.runs.map(({ run, redrive_of, state, code }) => [run, redrive_of, state, code])).toEqual([
    ['run', undefined, 'finished', undefined],
    ['again', 'run', 'finished', undefined],
    ['too-many', undefined, 'refused', 'over_limit'],
  ])
  expect(history.members[3]?.outcome).toBe('reset')
})

it('says what is open, and is the same however late it is made', () => {
  const open = report(FACTS.slice(1, 3))
  expect(open).toMatchObject({ state: 'open', last_fact_at: new Date(AT + 60_000).toISOString() })
  expect(open.finished_at).toBeUndefined()
  expect(open.members[0]?.sessions).toBe('open')
})

it('writes a line of CSV for each row, in which no spreadsheet finds a formula', () => {
  const people = ['=cmd|x@a.example', '+1@a.example', 'a,"b@a.example', undefined]
  const csv = toCsv(report(FACTS, people)).split('\n')
  expect(csv[0]).toBe('index,outcome,code,reset_at,sessions,sessions_code,sessions_ended_at,email_address')
  expect(csv[1]).toMatch(/^0,reset,reset,2026-11-29T02:10:30.000Z,ended,ended,[^,]+,'=cmd\|x@a\.example$/)
  expect(csv[2]).toMatch(/,'\+1@a\.example$/)
  expect(csv[3]).toMatch(/,"a,""b@a\.example"$/)
  expect(csv[4]).toBe('3,dead_lettered,invalid_email,,,,,')
  expect(toCsv(report(FACTS))).not.toContain('email_address')
})

it.each(['=', '+', '-', '@', '\t', '\r', '\n'])('marks what begins with %j as text in CSV', (first) => {
  expect(toCsv(report(FACTS, [`${first}1@a.example`]))).toMatch(/,"?'[^']+@a\.example"?\n/)
})
