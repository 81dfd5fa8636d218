import { lowerMode, type ResetEvent, type SessionsMember } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import type { End } from '../../lib/progress/fact.ts'
import { sendDeadLetters } from '../../lib/queue/dead-letter.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { toPersonLetter } from '../../lib/step/dead-letters.ts'
import { reportOutcome } from '../../lib/step/report-outcome.ts'
import type { Settled } from '../../lib/step/settle-batch.ts'
import { isHorizonOver, passOn, sendDeferred } from '../../lib/step/smaller-events.ts'
import type { Environment } from './environment.ts'
import { type Outcome, type Person, type Result, toLetterRows, toRows } from './person.ts'

/**
 * The last step before the acknowledgement. Every reset is in the ledger by now, or its person is deferred. First the dead letters
 * are sent, then everyone whose reset is certain goes to the next step, and the deferred people back, both as smaller events; then the
 * outcomes are reported. Resolves to what is settled. Rejects when something could not be sent.
 */
export async function settlePeople(
  environment: Environment,
  event: ResetEvent,
  decided: readonly Result[],
): Promise<Settled> {
  const { config, now } = environment
  const results = isHorizonOver(event, environment) ? decided.map(giveUp) : decided
  await sendDeadLetters(
    environment,
    results.flatMap(({ person, outcome }) =>
      outcome.kind === 'dead_lettered' ? [toLetter(event, person, outcome, now())] : [],
    ),
  )
  const nextUrl = nextQueue(environment, event)
  const next = nextUrl === undefined ? [] : results.flatMap((result) => toPassedOn(event, result, now()))
  if (nextUrl !== undefined) await passOn(environment, nextUrl, event, next)
  await sendDeferred(
    environment,
    config.resetQueueUrl,
    event,
    results.flatMap(({ outcome }) =>
      outcome.kind === 'deferred' ? [{ stop: outcome.stop, rows: toRows(outcome.rest) }] : [],
    ),
  )
  for (const result of results) report(environment, event, result)
  const passedOn = next.flatMap(([row]) => row?.row_index ?? [])
  return { event, ends: results.flatMap(toEnds), passedOn }
}

/** How a person ended. Covered by a reset for this very event: as that reset did, in an earlier delivery of the message or of its event. */
function toEnds({ person: { index }, outcome }: Result): End[] {
  if (index === undefined || outcome.kind === 'deferred') return []
  if (outcome.kind === 'reset') return [{ index, kind: 'reset', code: 'reset', at: outcome.at }]
  if (outcome.kind === 'dead_lettered') return [{ index, kind: 'dead_lettered', code: outcome.code }]
  const { own, at, code } = outcome
  if (own === 'reset') return [{ index, kind: 'reset', code: 'reset', at }]
  return [{ index, kind: 'skipped', code: own === 'no_password' ? own : code }]
}

type DeadLettered = Extract<Outcome, { kind: 'dead_lettered' }>

/**
 * Tried for longer than the horizon: dead-lettered with the last reason. Not while calls are paused: a skipped call is not an attempt.
 * Nor while a ledger row is owed: a redrive of the dead letter would call again.
 */
function giveUp(result: Result): Result {
  const { outcome } = result
  if (outcome.kind !== 'deferred' || outcome.stop.untried || outcome.rest.owed) return result
  const { stop, rest, requestId } = outcome
  const detail = 'still failing when the retry horizon ended'
  return {
    ...result,
    outcome: { kind: 'dead_lettered', code: stop.code, detail, uncertain: rest.uncertain, requestId },
  }
}

const DETAILS = new Map([
  ['expired', 'expirytime: passed before this member was called'],
  ['invalid_response', 'answered 2xx with an unusable body'],
  ['response_mismatch', 'the answer was about somebody else'],
])
const UNCERTAIN = 'the reset may have happened, check before redriving'
/** Also of someone who was deferred without a call: nobody can see by the code that they were. */
const ALWAYS_UNCERTAIN = new Set(['timeout', 'connection_lost', 'invalid_response', 'response_mismatch'])

function toLetter(event: ResetEvent, person: Person, outcome: DeadLettered, now: number): OutgoingMessage {
  const { code, requestId } = outcome
  const uncertain = outcome.uncertain || ALWAYS_UNCERTAIN.has(code)
  const detail = [outcome.detail ?? DETAILS.get(code), uncertain ? UNCERTAIN : undefined]
  return toPersonLetter(
    event,
    toLetterRows(person),
    {
      ...{ code, requestId, redrive: uncertain ? 'ask' : 'again' },
      detail: detail.filter(Boolean).join(': '),
    },
    now,
  )
}

/** Where people go whose reset is certain, if anywhere. Nobody's sessions end in a dry run. */
function nextQueue({ config }: Environment, { data }: ResetEvent): string | undefined {
  return lowerMode(config.mode, data.mode) === 'enforce' ? config.sessionsQueueUrl : undefined
}

type PassedOnRow = Partial<SessionsMember>

/**
 * A row of a person for the next step, if their reset is certain: one says whose sessions end. A canary takes the whole way, although
 * it is about nobody.
 */
function toPassedOn(event: ResetEvent, { person, outcome }: Result, now: number): PassedOnRow[][] {
  const isProof = isCanary(event.source, event.data.members) && outcome.kind === 'skipped'
  const at =
    outcome.kind === 'reset' || outcome.kind === 'skipped'
      ? (outcome.at ?? (isProof ? now : undefined))
      : undefined
  if (at === undefined) return []
  const [row] = toLetterRows(person)
  return [[{ ...row, reset_at: new Date(at).toISOString() }]]
}

function report(environment: Environment, event: ResetEvent, { person, key, outcome }: Result): void {
  const { observe } = environment
  reportOutcome(environment, event, { key, organizationId: person.rows[0]?.organization_id, outcome })
  if (outcome.kind === 'reset') observe.measure('DetectionToResetMs', outcome.at - Date.parse(event.time))
  if (!isCanary(event.source, event.data.members)) measureUnknown(environment, outcome)
  else if (provesEndToEnd(environment, outcome, event)) observe.measure('CanaryPassed', 1)
}

const NOT_ASKED = ['dry_run', 'expired']
const UNKNOWN = ['not_a_member', 'email_not_found']

/** Says of each person at their end whether Stytch knows nobody with the e-mail; nothing of those about whom nobody asked it. */
function measureUnknown({ observe }: Environment, outcome: Outcome): void {
  if (outcome.kind === 'deferred') return
  const code = outcome.kind === 'reset' ? outcome.kind : outcome.code
  if (!NOT_ASKED.includes(code)) observe.measure('MemberUnknown', UNKNOWN.includes(code) ? 1 : 0)
}

/**
 * A dry run of the stage calls nobody, so it proves all it can. One that the event itself asks for proves nothing. A canary that is
 * passed on has not come to the end yet.
 */
function provesEndToEnd(environment: Environment, outcome: Outcome, event: ResetEvent): boolean {
  if (outcome.kind !== 'skipped' || nextQueue(environment, event) !== undefined) return false
  return outcome.code === 'not_a_member' || (outcome.code === 'dry_run' && event.data.mode !== 'dry_run')
}
