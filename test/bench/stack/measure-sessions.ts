import type { SessionCall } from '../../../infra/local/stytch/calls.ts'
import type { StytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import type { Keep } from '../bench.ts'
import { toSpread } from '../figures.ts'
import { makeEvent, type Setup, startMeasuredSystem } from './measured-system.ts'
import { priceUsage, type Usage, usageSince } from './meter.ts'

/** One event of people with a session in each of their organizations. A quarter of them are in two. */
export type SessionsResult = Measured & {
  stageName: string
  latencyMs: number
  people: number
  /** What the step adds to the dollars for a million people; undefined where it was not measured. */
  addedDollars: number | undefined
}

type Measured = {
  members: number
  /** From sending the event until everyone was reset, and until all their sessions had ended. */
  seconds: { toReset: number; toEnded: number }
  /** From a person's reset to the end of the last of their sessions. */
  waits: { median: number; worst: number }
  /** Requests by endpoint, beside those to require_reset. */
  calls: Partial<Record<SessionCall['endpoint'], number>>
}

/**
 * Sends an event through the whole system, warm. With `priced` it sends the same to a system without end-sessions as well, which says
 * what the step costs.
 */
export async function measureSessions(
  keep: Keep,
  { people, priced, ...setup }: Setup & { people: number; priced: boolean },
): Promise<SessionsResult> {
  const { stageName, stage, latencyMs } = setup
  const dollars = (usage: Usage) => priceUsage(usage, people, stage.memorySize).total
  const [measured, usage] = await runEvent(keep, setup, people)
  const result = { stageName, latencyMs, people, ...measured }
  if (!priced) return { ...result, addedDollars: undefined }
  const bare = { ...setup, stage: { ...stage, endSessions: false } }
  const [, without] = await runEvent(keep, bare, people)
  return { ...result, addedDollars: dollars(usage) - dollars(without) }
}

async function runEvent(keep: Keep, setup: Setup, people: number): Promise<[Measured, Usage]> {
  const { system, meter, secondsToReset, send, whenIdle, stop } = await keep(startMeasuredSystem(setup))
  const { stytch } = system
  await secondsToReset('warm-up', 100)
  await whenIdle()
  const usageBefore = meter.read()
  const callsBefore = stytch.sessionCalls().length

  const { emails, body } = makeEvent(stytch, 'people', people)
  addSessions(stytch, [...emails])
  const sentAt = Date.now()
  await send(body)
  await whenIdle()
  const usage = usageSince(usageBefore, meter.read())
  const calls = Object.groupBy(stytch.sessionCalls().slice(callsBefore), ({ endpoint }) => endpoint)
  const counts = Object.entries(calls).map(([endpoint, some]) => [endpoint, some.length])
  const ends = endsOf(stytch, emails)
  await stop()
  return [{ ...describe(ends, sentAt), calls: Object.fromEntries(counts) }, usage]
}

function addSessions(stytch: StytchSimulator, emails: readonly string[]): void {
  const { organizationId } = stytch.addOrganization()
  for (const [index, email] of emails.entries()) {
    if (index % 4 === 0) stytch.addMember({ organizationId, email })
    stytch.addSession({ email })
  }
}

/** When a person was reset and when the last of their sessions ended, in ms since the epoch; never, for one that is still open. */
type End = { resetAt: number; endedAt: number; sessions: number }

function endsOf(stytch: StytchSimulator, emails: ReadonlySet<string>): End[] {
  const resetAt = new Map(
    stytch.calls().flatMap(({ email, effect, at }) => (effect === 'none' ? [] : [[email, at]])),
  )
  const sessions = Map.groupBy(stytch.sessions(), ({ email }) => email)
  return [...emails].map((email) => {
    const own = sessions.get(email) ?? []
    const endedAt = Math.max(...own.map(({ revokedAt = Number.POSITIVE_INFINITY }) => revokedAt))
    return { resetAt: resetAt.get(email) ?? Number.POSITIVE_INFINITY, endedAt, sessions: own.length }
  })
}

function describe(ends: readonly End[], sentAt: number): Omit<Measured, 'calls'> {
  const { median, max: worst } = toSpread(ends.map(({ resetAt, endedAt }) => (endedAt - resetAt) / 1000))
  const toLast = (of: (end: End) => number) => (toSpread(ends.map(of)).max - sentAt) / 1000
  return {
    members: ends.reduce((sum, { sessions }) => sum + sessions, 0),
    seconds: { toReset: toLast(({ resetAt }) => resetAt), toEnded: toLast(({ endedAt }) => endedAt) },
    waits: { median, worst },
  }
}
