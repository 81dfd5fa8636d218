import type { ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { MAX_DELAY_SECONDS, retryDelay } from '../../lib/flow/retry-delay.ts'
import { eventIdentity, type OutcomeLine } from '../../lib/observability/observe.ts'
import { MAY_HAVE_HAPPENED, sendDeadLetters, toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { pack } from '../../lib/queue/pack.ts'
import {
  eventGroup,
  MAX_MESSAGE_BYTES,
  type OutgoingMessage,
  toMessageBody,
} from '../../lib/queue/send-messages.ts'
import type { Environment } from './environment.ts'
import { type Outcome, type Person, type Result, type Stop, toRows } from './person.ts'

/**
 * The last step before the acknowledgement. Every reset is in the ledger by now, or its person is deferred. First the dead letters
 * are sent, then the deferred people as smaller events; then the outcomes are reported. Rejects when something could not be sent.
 */
export async function settlePeople(
  environment: Environment,
  event: ResetEvent,
  decided: readonly Result[],
): Promise<void> {
  const { config, now } = environment
  const isHorizonOver =
    event.firsttriedat !== undefined && now() - Date.parse(event.firsttriedat) >= config.retryHorizonMs
  const results = isHorizonOver ? decided.map(giveUp) : decided
  await sendDeadLetters(
    environment,
    results.flatMap(({ person, outcome }) =>
      outcome.kind === 'dead_lettered' ? [toMemberDeadLetter(event, person, outcome, now())] : [],
    ),
  )
  await sendDeferred(
    environment,
    event,
    results.flatMap(({ outcome }) => (outcome.kind === 'deferred' ? [outcome] : [])),
  )
  reportResults(environment, event, results)
}

type DeadLettered = Extract<Outcome, { kind: 'dead_lettered' }>
type Deferred = Extract<Outcome, { kind: 'deferred' }>

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
const UNCERTAIN = `${MAY_HAVE_HAPPENED}, check before redriving`

/** The dead letter of one person: a breach event that can be redriven as it is, without what only the reset queue may say. */
function toMemberDeadLetter(
  event: ResetEvent,
  person: Person,
  outcome: DeadLettered,
  now: number,
): OutgoingMessage {
  const { sentat: _sentat, attempts, firsttriedat: _firsttriedat, ...breachEvent } = event
  const detail = outcome.detail ?? DETAILS.get(outcome.code)
  const failure = {
    code: outcome.code,
    detail: [detail, outcome.uncertain ? UNCERTAIN : undefined].filter(Boolean).join(': '),
    stytchRequestId: outcome.requestId,
    attempts: attempts + 1,
    event,
  }
  const body = toMessageBody({ ...breachEvent, data: { ...event.data, members: person.rows } })
  return toDeadLetter(body, failure, now)
}

async function sendDeferred(
  { config, sendMessages, now, random }: Environment,
  event: ResetEvent,
  deferred: readonly Deferred[],
): Promise<void> {
  const messages = toSmallerEvents(event, deferred, { now: now(), random })
  if (messages.length === 0) return
  const { refused } = await sendMessages(config.resetQueueUrl, messages)
  if (refused.length > 0) throw new Error('SQS refused to take a smaller event')
}

/**
 * Turns deferred people into smaller events, each no larger than SQS takes. Those who only ran out of time go at once. The others go
 * after a delay that grows with the attempts, or after a longer one that Stytch asked for.
 */
function toSmallerEvents(
  event: ResetEvent,
  deferred: readonly Deferred[],
  { now, random }: { now: number; random: () => number },
): OutgoingMessage[] {
  const growing = retryDelay(event.attempts, random)
  const firsttriedat = event.firsttriedat ?? new Date(now).toISOString()
  const { atOnce = [], later = [] } = Object.groupBy(deferred, ({ stop }) =>
    stop.delay === 'none' ? 'atOnce' : 'later',
  )
  const delaySeconds = Math.max(...later.map(({ stop }) => delayOf(stop, growing)))
  return [
    ...smallerEvents(atOnce, event.attempts, 0),
    ...smallerEvents(later, event.attempts + 1, delaySeconds),
  ]

  function* smallerEvents(people: readonly Deferred[], attempts: number, delay: number) {
    const bodyOf = (members: readonly ResetMember[]) =>
      toMessageBody({ ...event, attempts, firsttriedat, data: { ...event.data, members } })
    const maxSize = MAX_MESSAGE_BYTES - Buffer.byteLength(bodyOf([]))
    const sizeOf = ({ rest }: Deferred) => Buffer.byteLength(toMessageBody(toRows(rest)))
    for (const part of pack(people, { sizeOf, maxSize })) {
      const body = bodyOf(part.flatMap(({ rest }) => toRows(rest)))
      yield { body, delaySeconds: delay, groupId: eventGroup(event) }
    }
  }
}

/** In seconds. `growing`: the delay that grows with the attempts. */
function delayOf(stop: Stop, growing: number): number {
  if (stop.delay === 'longest') return MAX_DELAY_SECONDS
  if (stop.retryAfterMs === undefined) return growing
  return Math.min(MAX_DELAY_SECONDS, Math.max(growing, Math.ceil(stop.retryAfterMs / 1000)))
}

const METRIC = {
  reset: 'MembersReset',
  skipped: 'MembersSkipped',
  dead_lettered: 'MembersDeadLettered',
  deferred: 'MembersDeferred',
} as const

/** Logs one line per person and counts the outcomes, once everything they say is durable. */
function reportResults({ observe, now }: Environment, event: ResetEvent, results: readonly Result[]): void {
  const triedForMs = event.firsttriedat === undefined ? 0 : now() - Date.parse(event.firsttriedat)
  for (const { person, key, outcome } of results) {
    observe.measure(METRIC[outcome.kind], 1)
    if (outcome.kind === 'deferred') observe.measure('MemberWaitingMs', triedForMs)
    else observe.measure('MemberSucceeded', outcome.kind === 'dead_lettered' ? 0 : 1)
    if (isCanary(event.source, event.data.members) && provesEndToEnd(outcome, event))
      observe.measure('CanaryPassed', 1)
    if (outcome.kind === 'reset') observe.measure('DetectionToResetMs', outcome.at - Date.parse(event.time))
    observe.outcome({
      ...eventIdentity(event),
      person: key,
      organization_id: person.rows[0]?.organization_id,
      outcome: outcome.kind,
      code: codeOf(outcome),
      stytch_request_id: outcome.requestId,
      attempts: event.attempts || undefined,
    })
  }
}

/** A dry run of the stage calls nobody, so it proves all it can. One that the event itself asks for proves nothing. */
function provesEndToEnd(outcome: Outcome, { data: { mode } }: ResetEvent): boolean {
  if (outcome.kind !== 'skipped') return false
  return outcome.code === 'not_a_member' || (outcome.code === 'dry_run' && mode !== 'dry_run')
}

function codeOf(outcome: Outcome): OutcomeLine['code'] {
  if (outcome.kind === 'reset') return undefined
  return outcome.kind === 'deferred' ? outcome.stop.code : outcome.code
}
