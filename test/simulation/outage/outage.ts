import { deriveSettings } from '../../../infra/derive-settings.ts'
import { stages } from '../../fixtures/stages.ts'
import { peakPerSecond } from '../invariants/calls.ts'
import { findViolations, type Violation } from '../invariants/invariants.ts'
import { findRepeats } from '../invariants/repeats.ts'
import { readTrace } from '../invariants/trace.ts'
import type { Outage } from '../scenario/faults.ts'
import type { Deployment, Scenario } from '../scenario/scenario.ts'
import { play } from '../world/play.ts'

const MEMBERS = 10_000
const TEN_SECONDS: Outage = { from: 60_000, lasts: 10_000, as: 'throttled' }
const TWO_HOURS = (as: Outage['as']): Outage => ({ from: 60_000, lasts: 7_200_000, as })
const OUTAGES: Record<string, Outage | undefined> = {
  none: undefined,
  '429 for ten seconds': TEN_SECONDS,
  '429 for two hours': TWO_HOURS('throttled'),
  '500 for two hours': TWO_HOURS('server error'),
  'no answer for two hours': TWO_HOURS('hangs'),
  'searches answered 500 for an hour': { from: 60_000, lasts: 3_600_000, as: 'server error', at: 'search' },
}

/**
 * Plays a breach of 10,000 members with each outage, from its first minute on, and prints what it cost. Resolves to whether
 * everyone was reset and logged out each time, without a manual step or a broken promise.
 */
export async function measureOutage(print: (text: string) => void): Promise<boolean> {
  const { stytchRequestsPerSecond, maximumConcurrency } = prodDeployment.stage
  print(`${MEMBERS} members, ${stytchRequestsPerSecond} calls a second, ${maximumConcurrency} environments`)
  let isFine = true
  for (const [name, outage] of Object.entries(OUTAGES)) {
    const report = await playOutage(MEMBERS, outage)
    const { violations, reset, loggedOut, stolen, deadLettered, queued } = report
    isFine &&= reset === MEMBERS && loggedOut === MEMBERS
    isFine &&= stolen + deadLettered + queued + violations.length === 0
    print([`\nOutage: ${name}`, ...describe(report, outage !== undefined)].join('\n  '))
    for (const { invariant, detail } of violations) print(`  BROKEN ${invariant}: ${detail}`)
  }
  const verdict = isFine
    ? 'everyone was reset and logged out each time'
    : 'NOT everyone was reset and logged out each time'
  print(`\n${verdict}, without a manual step.`)
  return isFine
}

function describe(report: OutageReport, hasOutage: boolean): string[] {
  const { fullRateAfterEnd: fullRate } = report
  return [
    `${report.reset} reset, ${report.deadLettered} dead-lettered, ${report.queued} on the queues, ${report.repeats} reset again`,
    `last reset ${minutes(report.lastReset)} after the event${hasOutage ? `, ${minutes(report.lastResetAfterEnd)} after the outage` : ''}`,
    `${report.loggedOut} logged out, the last ${minutes(report.lastLoggedOut)} after the event, with ${report.searches} searches; ${report.stolen} stolen sessions alive`,
    ...(hasOutage
      ? [
          `nine tenths of the rate again ${fullRate === undefined ? 'never: too few were left at once' : `${fullRate.toFixed(1)} s after the outage`}`,
          `billed during the outage: ${Math.round(report.billedInOutage)} s, for ${report.callsInOutage} calls`,
        ]
      : []),
    `billed in total: ${Math.round(report.billed)} s`,
    `fullest second: ${report.peakStarted} calls started, ${report.peakArrived} arrived`,
  ]
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`
}

/** What an outage cost. Times in seconds of virtual time. */
type OutageReport = {
  reset: number
  loggedOut: number
  searches: number
  /** Sessions that are open at the end and began before the event. */
  stolen: number
  deadLettered: number
  queued: number
  repeats: number
  violations: readonly Violation[]
  /** After the event, and after the end of the outage. */
  lastLoggedOut: number
  lastReset: number
  lastResetAfterEnd: number
  /** From the end of the outage to the first second with at least nine tenths of the rate; undefined when there was none. */
  fullRateAfterEnd: number | undefined
  /** Of require-reset: in total, and of the invocations that began during the outage. */
  billed: number
  billedInOutage: number
  callsInOutage: number
  /** Calls that were started, or arrived at Stytch, in the fullest second. */
  peakStarted: number
  peakArrived: number
}

/** Plays a breach of many members on the stage `prod`, with an outage or without. */
export async function playOutage(members: number, outage: Outage | undefined): Promise<OutageReport> {
  const run = await play(bigBreach(members, outage ? [outage] : []), {}, prodDeployment)
  const trace = readTrace(run)
  const { startedAt, queues } = run.world
  const begin = startedAt + (outage?.from ?? 0)
  const end = begin + (outage?.lasts ?? 0)
  const isInOutage = ({ at }: { at: number }) => at >= begin && at < end

  const calls = [...trace.calls.values()]
  const started = calls.map(({ at }) => at)
  const arrived = calls.flatMap(({ reachedAt }) => reachedAt ?? []).sort((one, other) => one - other)
  const resets = calls.filter(({ effect }) => effect)
  const lastReset = Math.max(...resets.map(({ at }) => at))
  const invocations = [...trace.invocations.values()].filter(({ role }) => role === 'require-reset')
  const billed = (some: typeof invocations) =>
    some.reduce((sum, { at, overAt = at }) => sum + (overAt - at) / 1000, 0)
  const ended = [...trace.invocations.values()]
    .flatMap(({ stored }) => stored)
    .filter(({ kind }) => kind === 'sessions')
  const open = run.world.stytch.sessions().filter(({ revokedAt }) => revokedAt === undefined)
  return {
    reset: new Set(resets.map(({ person }) => person)).size,
    loggedOut: new Set(ended.map(({ person }) => person)).size,
    searches: [...trace.asks.values()].filter(({ endpoint }) => endpoint.startsWith('search')).length,
    stolen: open.filter((session) => session.startedAt <= startedAt).length,
    deadLettered: queues['dead-letter'].all().length,
    queued: [queues.breach, queues.reset, queues.sessions].flatMap((queue) => queue.all()).length,
    repeats: findRepeats(trace).length,
    violations: findViolations(trace),
    lastLoggedOut: (ended.reduce((last, { at }) => Math.max(last, at), startedAt) - startedAt) / 1000,
    lastReset: (lastReset - startedAt) / 1000,
    lastResetAfterEnd: (lastReset - end) / 1000,
    fullRateAfterEnd: findFullRate(started, end, 0.9 * run.deployment.stage.stytchRequestsPerSecond),
    billed: billed(invocations),
    billedInOutage: billed(invocations.filter(isInOutage)),
    callsInOutage: calls.filter(isInOutage).length,
    peakStarted: peakPerSecond(started),
    peakArrived: peakPerSecond(arrived),
  }
}

/** Returns a scenario with one event that names many members, once each, and with outages of Stytch. */
export function bigBreach(members: number, outages: readonly Outage[], entropy = 1): Scenario {
  return {
    entropy,
    deployment: 'wide',
    people: Array.from({ length: members }, () => 'member'),
    sources: undefined,
    produced: [
      {
        kind: 'event',
        rows: Array.from({ length: members }, (_, person) => ({ person, ids: 'none' })),
        sentAt: 0,
        copies: [],
        clockOff: 0,
        exposedBefore: 3_600_000,
        expiresAfter: undefined,
        mode: undefined,
        misplacesMode: false,
      },
    ],
    faults: [],
    outages,
    brownouts: [],
    badDeploys: [],
    clockSteps: [],
    rotation: undefined,
    newPasswords: [],
    redriveAt: undefined,
    redriveAgainAfter: undefined,
    pausedUntil: undefined,
    canaryAt: undefined,
    endSessions: true,
    hasBus: true,
    ways: {
      ...{ revokeWithoutSessions: '200', searchLagMs: 0, searchFilterLimit: 1_000_000, searchPageSize: 1000 },
      ...{ readBackLagMs: 0, searchSlowAbove: 1_000_000 },
      sendsDate: true,
    },
    survivors: [],
    memberTroubles: [],
    maxMembersPerHour: undefined,
    rehearsal: undefined,
    impostures: [],
    forgedLetters: [],
  }
}

/** Seconds from `end` to the first of the moments (ms, ascending) that begins a second with at least `enough` of them. */
function findFullRate(moments: readonly number[], end: number, enough: number): number | undefined {
  const later = moments.filter((moment) => moment >= end)
  const first = later.find((moment, index) => {
    const last = later[index + Math.ceil(enough) - 1]
    return last !== undefined && last - moment < 1000
  })
  return first === undefined ? undefined : (first - end) / 1000
}

const stage = { ...stages.prod, mode: 'enforce', maxMembersPerEvent: 10_000 } as const

/** The stage `prod` in mode `enforce`, for the largest event. */
export const prodDeployment: Deployment = { stage, settings: deriveSettings(stage), recycled: 0.001 }
