import { findViolations, type Violation } from '../invariants/invariants.ts'
import { type Cause, findRepeats } from '../invariants/repeats.ts'
import { readTrace, type Trace } from '../invariants/trace.ts'
import { scenarioOf } from '../scenario/arbitrary.ts'
import { FAULTS_AT, type FaultKind, STEPS, type Step } from '../scenario/faults.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Seams } from '../world/boot.ts'
import { play } from '../world/play.ts'
import { countEnds } from './ends.ts'
import { countFacts } from './facts.ts'

/** Plays the scenarios of seeds one after the other, with a planted bug or without, and counts what happened. */
export async function tallySeeds(
  seeds: Iterable<number>,
  seams: Seams,
  onSeed: (violations: Tally['violations']) => void,
): Promise<Tally> {
  const tally = emptyTally()
  for (const seed of seeds) {
    const { trace, violations } = await judgeScenario(scenarioOf(seed), seams)
    const messages = [...trace.messages.values()]
    const events = messages.filter(({ queue }) => queue === 'breach')
    const calls = [...trace.calls.values()]
    addCounts(tally, {
      seeds: 1,
      events: events.length,
      members: events.reduce((sum, { rows, bad }) => sum + rows.size + bad, 0),
      calls: calls.length,
      resets: calls.filter(({ effect }) => effect).length,
      loggedOut: countEnds(trace)['people whose sessions ended'],
      situations: { ...countSituations(trace), ...countEnds(trace), ...countFacts(trace) },
    })
    for (const { cause } of findRepeats(trace)) addCounts(tally, { repeats: { [cause]: 1 } })
    for (const entry of trace.run.journal)
      if (entry.what === 'fault') addCounts(tally, { hits: { [entry.step]: { [entry.fault]: 1 } } })
    const ofSeed = violations.map((violation) => ({ seed, ...violation }))
    tally.violations.push(...ofSeed)
    onSeed(ofSeed)
  }
  return tally
}

export type Hits = Partial<Record<Step, Partial<Record<FaultKind, number>>>>

/** The sums of many runs. */
export type Tally = {
  seeds: number
  events: number
  members: number
  calls: number
  resets: number
  /** By end-sessions, each as often as it was recorded. */
  loggedOut: number
  hits: Hits
  situations: Record<string, number>
  repeats: Partial<Record<Cause, number>>
  violations: ({ seed: number } & Violation)[]
}

/** Returns a tally in which everything is zero. */
export function emptyTally(): Tally {
  return {
    ...{ seeds: 0, events: 0, members: 0, calls: 0, resets: 0, loggedOut: 0 },
    ...{ hits: {}, situations: {}, repeats: {}, violations: [] },
  }
}

/** Plays a scenario and finds the promises it breaks. */
export async function judgeScenario(
  scenario: Scenario,
  seams: Seams = {},
): Promise<{ trace: Trace; violations: Violation[] }> {
  const trace = readTrace(await play(scenario, seams))
  return { trace, violations: findViolations(trace) }
}

/** Returns the fault that struck least often, with its step. */
export function rarestHit(hits: Hits): { step: Step; fault: string; count: number } {
  const all = STEPS.flatMap((step) =>
    FAULTS_AT[step].map((fault) => ({ step, fault, count: hits[step]?.[fault] ?? 0 })),
  )
  return all.reduce((least, hit) => (hit.count < least.count ? hit : least))
}

type Counts = { [name: string]: unknown }

/** Adds the numbers of `more` to those with the same path in `sum`, and appends its lists. */
export function addCounts(sum: Counts, more: Counts): void {
  for (const [name, value] of Object.entries(more)) {
    const current = sum[name]
    if (typeof value === 'number') sum[name] = Number(current ?? 0) + value
    else if (Array.isArray(value)) sum[name] = [...(Array.isArray(current) ? current : []), ...value]
    else {
      const inner = (current ?? {}) as Counts
      sum[name] = inner
      addCounts(inner, value as Counts)
    }
  }
}

const HOUR_MS = 3_600_000
const OVER_STAGE = /^(?!.*source).* an hour$/

/** Counts what happened in a run besides the planned faults. */
function countSituations({ run, invocations, calls, messages }: Trace): Record<string, number> {
  const { scenario, journal } = run
  const all = [...invocations.values()]
  const received = all.flatMap((invocation) => invocation.received)
  const sent = [...messages.values()]
  const count = (...what: string[]) => journal.filter((entry) => what.includes(entry.what)).length
  const deadLettered = (code: string) =>
    sent.filter(({ attributes }) => attributes['failure-code'] === code).length
  const answered = (as: string) =>
    [...calls.values()].filter((call) => call.answered?.as.startsWith(as)).length
  const events = sent.filter(({ queue, json }) => queue === 'breach' && json)
  const byPerson = Map.groupBy(
    events.flatMap(({ json, rows }) => [...rows.keys()].map((person) => ({ person, event: json?.id }))),
    ({ person }) => person,
  )
  return {
    'batches of several records': all.filter((invocation) => invocation.received.length > 1).length,
    'messages redelivered': received.filter(({ receives }) => receives > 1).length,
    'messages moved to the dead-letter queue by SQS': count('moved to the dead-letter queue by SQS'),
    'events sent again by their producer': scenario.produced.flatMap(({ copies }) => copies).length,
    'people named by several events': [...byPerson.values()].filter(
      (namings) => new Set(namings.map(({ event }) => event)).size > 1,
    ).length,
    'events from a wrong clock': scenario.produced.filter(({ clockOff }) => clockOff !== 0).length,
    'events of sources that are not allowed': deadLettered('source_not_allowed'),
    'events in a mode that is not allowed for their source': deadLettered('mode_not_allowed'),
    'events over an hourly limit': deadLettered('over_hourly_limit'),
    'events over the hourly limit of their stage': sent.filter(({ attributes }) =>
      OVER_STAGE.test(attributes['failure-detail'] ?? ''),
    ).length,
    'events from a wrong sender': deadLettered('sender_not_allowed'),
    'forged letters': scenario.forgedLetters.length,
    'stages that were a dry run at first': scenario.rehearsal ? 1 : 0,
    'events kept in a dry run': sent.filter(({ queue }) => queue === 'rehearsed').length,
    'events redriven after a dry run': sent.filter(({ by }) => by.startsWith('redrive of rehearsed')).length,
    'messages counted': count('remembered'),
    'processes killed': count('crashed'),
    'invocations that timed out': all.filter(({ crashed }) => crashed?.why === 'timeout').length,
    'brownouts of AWS': scenario.brownouts.length,
    'outages of AWS beyond the retry horizon': scenario.brownouts.filter(
      ({ lasts }) => lasts > run.deployment.stage.retryHorizon.toMilliseconds(),
    ).length,
    'bad deploys': scenario.badDeploys.length,
    'steps of a clock': count('clock set'),
    'runs with a step of a clock': count('clock set') > 0 ? 1 : 0,
    'outages of Stytch': scenario.outages.length,
    'outages of an hour or more': scenario.outages.filter(({ lasts }) => lasts >= HOUR_MS).length,
    'calls answered 429': answered('429'),
    'calls not answered': answered('timeout') + answered('connection_lost'),
    'calls with a rotated key': answered('401'),
    'people deferred because the key is of another project': all
      .flatMap(({ outcomes }) => outcomes)
      .filter(({ code }) => code === 'ledger_project_mismatch').length,
    'people deferred because a ledger row is owed': sent.filter(
      ({ queue, body }) => queue === 'reset' && body.includes('"owed"'),
    ).length,
    'dead letters redriven days later': sent.filter(({ by }) => by.startsWith('redrive')).length,
    canaries: sent.filter(({ by }) => by === 'the canary rule').length,
    'passwords chosen by members': count('chose a password'),
  }
}
