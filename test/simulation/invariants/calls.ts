import { PROJECT_ID, type Role } from '../world/journal.ts'
import { ratesOf } from '../world/world.ts'
import { aheadDuring, CLOCK_TOLERANCE_MS } from './clocks.ts'
import type { Ask, Call, Invocation, Message, Trace } from './trace.ts'

/** Nobody is called at another project of Stytch than the one that the ledger is about. */
export function onlyOurProjectIsCalled({ calls, asks }: Trace): string[] {
  return [...calls.values(), ...asks.values()]
    .filter(({ project }) => project !== PROJECT_ID)
    .map((call) => `${call.invocation} looked for ${nameOf(call)} in another project`)
}

/**
 * Nobody is called before the ledger was read, or when it held a reset since the fence at that moment, or after one was
 * written or answered in the same invocation. (A row that is ahead of the clock is not believed.) A person in several messages may be called for any of them.
 */
export function nobodyCoveredIsCalled(trace: Trace): string[] {
  return [...trace.invocations.values()].flatMap((invocation) =>
    invocation.calls
      .filter((call) => isCovered(trace, call, invocation))
      .map((call) => `${invocation.invocation} called ${call.person}, whose reset was in the ledger`),
  )
}

function isCovered(trace: Trace, { person, index }: Call, invocation: Invocation): boolean {
  const page = invocation.pages.find((read) => read.resets.some(([who]) => who === person))
  if (!page || page.index > index) return true
  const read = page.resets.find(([who]) => who === person)?.[1] ?? Number.NEGATIVE_INFINITY
  const written = invocation.stored
    .filter((row) => row.index < index && row.person === person && row.kind === 'reset')
    .map(({ resetAt }) => resetAt)
  const answered = invocation.calls
    .filter((call) => call.person === person && call.answered?.as === 'reset' && call.answered.index < index)
    .map(({ clock }) => clock)
  const naming = invocation.messages.filter(({ rows }) => rows.has(person))
  const earliest = Math.max(
    invocation.at + aheadDuring(trace, invocation).least,
    Math.min(...naming.map(({ at }) => at)),
  )
  const believedUntil = earliest + CLOCK_TOLERANCE_MS
  const believed = [read, ...written, ...answered].filter((at) => at <= believedUntil)
  const known = Math.max(...believed)
  const fences = naming.map(({ json }) => Date.parse(json?.fence ?? ''))
  return fences.every((fence) => known >= fence)
}

/**
 * At no moment has an invocation reset more people than the limit whose rows are neither in the ledger nor owed in a message
 * to the reset queue. (A message it fails, because neither ledger nor queue accepted the row, counts as `not written` when repeated.)
 */
export function fewResetsUnrecorded({ run, calls, messages, invocations }: Trace): string[] {
  const open = new Map<string, Set<string>>()
  const max = run.deployment.settings.maxUnrecorded
  const violations: string[] = []
  for (const entry of run.journal) {
    if (entry.what === 'reached Stytch' && entry.effect) {
      const { environment = '', person = '' } = calls.get(entry.call) ?? {}
      const people = open.get(environment) ?? new Set()
      open.set(environment, people.add(person))
      if (people.size > max)
        violations.push(`${environment} has reset ${people.size} people without a record`)
    }
    if (entry.what === 'crashed') open.delete(entry.environment)
    if (entry.what === 'ended' && entry.failures.length > 0)
      open.delete(invocations.get(entry.invocation)?.environment ?? '')
    if (entry.what === 'answered' && entry.as !== 'reset') close(calls.get(entry.call)?.person)
    if (entry.what === 'row stored' && entry.kind === 'reset') close(entry.person)
    if (entry.what === 'sent') for (const person of owedIn(messages.get(entry.message))) close(person)
  }
  return violations

  function close(person: string | undefined): void {
    for (const people of open.values()) people.delete(person ?? '')
  }
}

function owedIn(message: Message | undefined): string[] {
  const rows = [...(message?.rows ?? [])]
  return rows.filter(([, own]) => own.some((row) => row.owed)).map(([person]) => person)
}

/**
 * In no second does an execution environment start more calls than its share, or all of them more than the rate limit: one more for
 * each time that environments changed places (ADR 011).
 */
export function rateHolds(trace: Trace): string[] {
  const { stage, settings } = trace.run.deployment
  const limit = { max: stage.stytchRequestsPerSecond, share: settings.requestsPerSecond, inMs: 1000 }
  return limitHolds(trace, [...trace.calls.values()], { ...limit, role: 'require-reset', what: 'calls' })
}

const MINUTE_MS = 60_000

/** So it is with each endpoint that end-sessions asks. Both searches count for one limit, in every minute. */
export function sessionRatesHold(trace: Trace): string[] {
  const { deployment } = trace.run
  const { sessions } = deployment.settings
  if (!sessions) return []
  const rates = ratesOf(deployment)
  const asked = (endpoint: string) =>
    [...trace.asks.values()].filter((ask) => ask.endpoint.startsWith(endpoint))
  const limits = [
    [asked('search'), rates.searchesPerMinute, sessions.searchesPerMinute, MINUTE_MS, 'searches'],
    [asked('revoke'), rates.revocationsPerSecond, sessions.revocationsPerSecond, 1000, 'revocations'],
    [asked('read back'), rates.readBacksPerSecond, sessions.readBacksPerSecond, 1000, 'read-backs'],
  ] as const
  return limits.flatMap(([starts, max, share, inMs, what]) =>
    limitHolds(trace, starts, { max, share, inMs, what, role: 'end-sessions' }),
  )
}

type RateLimit = { max: number; share: number; inMs: number; role: Role; what: string }

function limitHolds(trace: Trace, all: readonly (Call | Ask)[], limit: RateLimit): string[] {
  const { max, share, inMs, what } = limit
  const within = `${what} in ${inMs / 1000} s`
  const violations: string[] = []
  let changes: number[] | undefined
  for (const [index, { at }] of all.entries()) {
    const from = all[index - max]?.at ?? Number.NEGATIVE_INFINITY
    if (at - from >= inMs) continue
    changes ??= changesOfPlaces(trace, limit)
    const changed = changes.filter((change) => change >= from && change <= at).length
    const count = all.filter((call) => call.at > at - inMs && call.at <= at).length
    if (count > max + changed) violations.push(`${count} ${within}, the limit is ${max}`)
  }
  for (const [environment, own] of Map.groupBy(all, (call) => call.environment)) {
    const peak = peakWithin(
      inMs,
      own.map(({ at }) => at),
    )
    if (peak > share) violations.push(`${environment} started ${peak} ${within}, its share is ${share}`)
  }
  return violations
}

/** When an environment went on at once although another one had begun while it was idle: it then took the place of a third. */
function changesOfPlaces({ invocations }: Trace, { share, inMs, role }: RateLimit): number[] {
  const waitMs = (inMs + 20) / share + 20
  const all = [...invocations.values()].filter((invocation) => invocation.role === role)
  const changes = all.filter((next) => {
    const before = all.findLast(({ environment, at }) => environment === next.environment && at < next.at)
    const idleSince = before?.overAt ?? Number.NEGATIVE_INFINITY
    const other = all.some(
      ({ environment, at }) => environment !== next.environment && at >= idleSince && at <= next.at,
    )
    return next.at - idleSince < waitMs && other
  })
  return changes.map(({ at }) => at)
}

/** Returns how many of the moments (ms, ascending) lie within the fullest second, its end excluded. */
export function peakPerSecond(moments: readonly number[]): number {
  return peakWithin(1000, moments)
}

function peakWithin(spanMs: number, moments: readonly number[]): number {
  let first = 0
  let max = 0
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= spanMs) first++
    max = Math.max(max, index - first + 1)
  }
  return max
}

/** No call starts when its timeout and the time reserved for settling exceed what the invocation has left. */
export function timeIsLeft({ invocations, run }: Trace): string[] {
  const { stage, settings } = run.deployment
  const reserve = settings.settleReserveMs + stage.stytchTimeout.toMilliseconds()
  return [...invocations.values()].flatMap(({ calls, asks, deadline, invocation }) =>
    [...calls, ...asks]
      .filter(({ at }) => at > deadline - reserve)
      .map((call) => `${invocation} called ${nameOf(call)} ${deadline - call.at} ms before its end`),
  )
}

/**
 * After a 429 with Retry-After an environment calls nobody by that endpoint until that time is over, or its clock was set forward past
 * that. Both searches are one.
 */
export function retryAfterIsObeyed({ calls, asks, clockSteps }: Trace): string[] {
  const all = [...calls.values(), ...asks.values()]
  const limiterOf = (call: Call | Ask) => `${call.environment} ${endpointOf(call).split(' ')[0]}`
  return [...Map.groupBy(all, limiterOf).values()].flatMap((own) =>
    own.flatMap(({ environment, answered }) => {
      const { retryAfterMs, at = 0, index = 0 } = answered ?? {}
      if (!retryAfterMs) return []
      return own
        .filter(
          (later) =>
            later.index > index && later.at + setForward(environment, index, later.index) < at + retryAfterMs,
        )
        .map((later) => `${environment} called ${nameOf(later)} although Stytch had asked for a pause`)
    }),
  )

  function setForward(environment: string, from: number, to: number): number {
    const between = clockSteps.filter(
      (step) => step.environment === environment && step.index > from && step.index < to,
    )
    return between.reduce((sum, { by }) => sum + Math.max(0, by), 0)
  }
}

function endpointOf(call: Call | Ask): string {
  return call.what === 'asked' ? call.endpoint : 'reset'
}

function nameOf(call: Call | Ask): string {
  return call.what === 'asked' ? `${call.endpoint} ${call.people.join(' ')}` : call.person
}
