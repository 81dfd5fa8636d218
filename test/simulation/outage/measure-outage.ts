import type { Outage } from '../scenario/scenario.ts'
import { type OutageReport, playOutage } from './play-outage.ts'
import { prodDeployment } from './prod-deployment.ts'

const MEMBERS = 10_000
const TEN_SECONDS: Outage = { from: 60_000, lasts: 10_000, as: 'throttled' }
const TWO_HOURS = (as: Outage['as']): Outage => ({ from: 60_000, lasts: 7_200_000, as })
const OUTAGES: Record<string, Outage | undefined> = {
  none: undefined,
  '429 for ten seconds': TEN_SECONDS,
  '429 for two hours': TWO_HOURS('throttled'),
  '500 for two hours': TWO_HOURS('server error'),
  'no answer for two hours': TWO_HOURS('hangs'),
}

/**
 * Plays a breach of 10,000 members with each outage, from its first minute on, and says what it cost.
 * Resolves to whether everybody was reset each time, without a manual step and without a broken promise.
 */
export async function measureOutage(say: (text: string) => void): Promise<boolean> {
  const { stytchRequestsPerSecond, maximumConcurrency } = prodDeployment.stage
  say(`${MEMBERS} members, ${stytchRequestsPerSecond} calls a second, ${maximumConcurrency} environments`)
  let isWell = true
  for (const [name, outage] of Object.entries(OUTAGES)) {
    const report = await playOutage(MEMBERS, outage)
    const { violations, reset, deadLettered, queued } = report
    isWell &&= reset === MEMBERS && deadLettered + queued + violations.length === 0
    say([`\nOutage: ${name}`, ...describe(report, outage !== undefined)].join('\n  '))
    for (const { invariant, detail } of violations) say(`  BROKEN ${invariant}: ${detail}`)
  }
  const verdict = isWell ? 'everybody was reset each time' : 'NOT everybody was reset each time'
  say(`\n${verdict}, without a manual step.`)
  return isWell
}

function describe(report: OutageReport, hasOutage: boolean): string[] {
  const { fullRateAfterEnd: fullRate } = report
  return [
    `${report.reset} reset, ${report.deadLettered} dead-lettered, ${report.queued} on the queues, ${report.repeats} reset again`,
    `last reset ${minutes(report.lastReset)} after the event${hasOutage ? `, ${minutes(report.lastResetAfterEnd)} after the outage` : ''}`,
    ...(hasOutage
      ? [
          `nine tenths of the budget again ${fullRate === undefined ? 'never: too few were left at once' : `${fullRate.toFixed(1)} s after the outage`}`,
          `billed in the outage: ${Math.round(report.billedInOutage)} s, for ${report.callsInOutage} calls`,
        ]
      : []),
    `billed in all: ${Math.round(report.billed)} s`,
    `fullest second: ${report.mostStarted} calls started, ${report.mostArrived} arrived`,
  ]
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`
}
