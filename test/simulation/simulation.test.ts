import { expect, it } from 'vitest'
import { BUGS } from './bugs/bugs.ts'
import { findViolations } from './invariants/invariants.ts'
import { readTrace } from './invariants/trace.ts'
import { bigBreach, playOutage, prodDeployment } from './outage/outage.ts'
import { shrink } from './report/run.ts'
import { judgeScenario, tallySeeds } from './report/tally.ts'
import { formatTrace } from './report/trace.ts'
import { scenarioOf } from './scenario/arbitrary.ts'
import { play } from './world/play.ts'

/**
 * At 50 calls a second. `npm run nightly` sets NIGHTLY. `share`: how much of the time of both environments the outage may cost; a
 * thousand messages that come back every 15 minutes at the latest take more than forty.
 */
const breach = process.env.NIGHTLY
  ? { members: 10_000, from: 60_000, share: 0.2 }
  : { members: 150, from: 1000, share: 0.08 }

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

it('every promise holds under the faults of 60 seeds', async () => {
  const tally = await tallySeeds(seeds(60), {}, () => {})
  expect(tally.violations).toEqual([])
  expect(tally.resets).toBeGreaterThan(100)
})

it('a seed always plays the same course of events', async () => {
  const [once, again] = await Promise.all([1, 2].map(() => play(scenarioOf(5))))
  if (!once || !again) throw new Error('two runs were played')
  expect(formatTrace(once).length).toBeGreaterThan(20)
  expect(formatTrace(again)).toEqual(formatTrace(once))
})

it('a scenario that breaks a promise is made smaller, and still breaks it', async () => {
  const { breaks, seams } = BUGS['calls twice to be sure'] ?? { breaks: 'nobody is lost', seams: {} }
  const breaking = async (seed: number) => {
    const { violations } = await judgeScenario(scenarioOf(seed), seams)
    return violations.some(({ invariant }) => invariant === breaks)
  }
  let found = 1
  while (scenarioOf(found).produced.length < 3 || !(await breaking(found))) found++
  const { scenario, isCutShort } = await shrink(found, breaks, seams)
  expect(isCutShort).toBe(false)
  expect(scenario.produced).toHaveLength(1)
  expect(scenario.produced[0]?.rows).toHaveLength(1)
  const { violations } = await judgeScenario(scenario, seams)
  expect(violations.map(({ invariant }) => invariant)).toContain(breaks)
})

it('shrinking stops at its limit with the smallest scenario so far, and says so', async () => {
  const { breaks, seams } = BUGS['calls twice to be sure'] ?? { breaks: 'nobody is lost', seams: {} }
  expect(await shrink(3, breaks, seams, 0)).toEqual({ scenario: scenarioOf(3), isCutShort: true })
  const { scenario, isCutShort } = await shrink(3, breaks, seams, 3)
  expect(isCutShort).toBe(true)
  expect(scenario).not.toEqual(scenarioOf(3))
})

it('an outage of two hours needs no manual step: everyone is reset, and nothing waits in Lambda', async () => {
  const lasts = 7_200_000
  const { members, from, share } = breach
  const report = await playOutage(members, { from, lasts, as: 'server error' })
  expect(report).toMatchObject({ reset: members, deadLettered: 0, queued: 0, repeats: 0, violations: [] })
  expect(report.billedInOutage).toBeLessThan(share * 2 * (lasts / 1000))
})

it('a search that is down for an hour needs no manual step either: everyone is logged out', async () => {
  const outage = { from: 5000, lasts: 3_600_000, as: 'server error', at: 'search' } as const
  const report = await playOutage(150, outage)
  expect(report).toMatchObject({ reset: 150, loggedOut: 150, stolen: 0, deadLettered: 0, violations: [] })
  expect(report.lastLoggedOut).toBeGreaterThan(3600)
})

it.each(['hangs', 'throttled'] as const)(
  'Lambda does not wait for a Stytch that is reachable but %s',
  async (as) => {
    const lasts = 7_200_000
    const { members, from, share } = breach
    const report = await playOutage(members, { from, lasts, as })
    expect(report).toMatchObject({ reset: members, deadLettered: 0, queued: 0, violations: [] })
    expect(report.billedInOutage).toBeLessThan(share * 2 * (lasts / 1000))
  },
)

it('the rate holds while processes die all the time, and new ones remember nothing', async () => {
  const scenario = bigBreach(500, [])
  const badDeploys = [{ from: 0, lasts: 60_000, role: 'require-reset' as const }]
  const run = await play({ ...scenario, badDeploys }, {}, { ...prodDeployment, recycled: 1 })
  expect(findViolations(readTrace(run))).toEqual([])
})
