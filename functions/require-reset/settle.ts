import type { ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { MAX_DELAY_SECONDS, retryDelay } from '../../lib/flow/retry-delay.ts'
import { eventIdentity, type Observe, type OutcomeLine } from '../../lib/observability/observe.ts'
import { type SendDeadLetters, toDeadLetter } from '../../lib/queue/dead-letter.ts'
import {
  eventGroup,
  type OutgoingMessage,
  type SendMessages,
  toMessageBody,
} from '../../lib/queue/send-messages.ts'
import type { Config } from './config.ts'
import { isUncertain, type Outcome, type Person, type Result, type Stop } from './outcome.ts'
import { namesIds } from './reset-person.ts'

/**
 * Returns the last step before the acknowledgement. The ledger rows are durable by now; then come the dead letters,
 * then whoever is left over is sent on as a smaller event. Rejects when one of these could not be sent.
 */
export function createSettleRecord(deps: {
  config: Pick<Config, 'resetQueueUrl' | 'retryHorizonMs'>
  sendDeadLetters: SendDeadLetters
  sendMessages: SendMessages
  observe: Observe
  now: () => number
  random: () => number
}) {
  const { config, sendDeadLetters, sendMessages, observe, now, random } = deps

  return async function settleRecord(event: ResetEvent, outcomes: readonly Result[]): Promise<void> {
    const givenUp =
      event.firsttriedat !== undefined && now() - Date.parse(event.firsttriedat) >= config.retryHorizonMs
    const results = givenUp ? outcomes.map(giveUp) : outcomes
    const failed = results.filter((result): result is FailedMember => result.outcome.kind === 'failed')
    const deferred = results.filter((result): result is DeferredMember => result.outcome.kind === 'deferred')
    await sendDeadLetters(failed.map((member) => toMemberDeadLetter(event, member, now())))
    await sendOn(toRemainders(event, deferred, { now: now(), random }))
    reportResults(observe, event, results, now())
  }

  async function sendOn(remainders: readonly OutgoingMessage[]): Promise<void> {
    if (remainders.length === 0) return
    const { refused } = await sendMessages(config.resetQueueUrl, remainders)
    if (refused.length > 0) throw new Error('SQS refused to take a smaller event')
  }
}

/** Retried for longer than the horizon: dead-lettered with the last reason. In a pause of all calls nobody is: it was no try. */
function giveUp({ person, outcome }: Result): Result {
  const isTried = outcome.kind === 'deferred' && !outcome.stop.untried
  return { person, outcome: isTried ? failedFor(outcome) : outcome }
}

function failedFor({ stop, owed, uncertain, requestId }: Extract<Outcome, { kind: 'deferred' }>): Outcome {
  const detail = owed
    ? `was reset at ${owed.reset_at}, but the ledger could not be written for the whole retry horizon: do not redrive`
    : 'still failing when the retry horizon ended'
  return { kind: 'failed', code: stop.code, detail, uncertain: owed ? false : uncertain, requestId }
}

type FailedMember = { person: Person; outcome: Extract<Outcome, { kind: 'failed' }> }

const DETAILS = new Map([
  ['expired', 'expirytime: passed before this member was called'],
  ['invalid_response', 'answered 200 with an unusable body'],
  ['response_mismatch', 'the answer was about somebody else'],
])
const UNCERTAIN = 'the reset may have happened, check before redriving'

/** The dead letter of one person: a breach event that can be redriven as it is, without what only the reset queue may say. */
function toMemberDeadLetter(
  event: ResetEvent,
  { person, outcome }: FailedMember,
  now: number,
): OutgoingMessage {
  const { attempts, firsttriedat: _firsttriedat, ...breachEvent } = event
  const members = person.rows.map(({ owed: _, idstried: _idstried, uncertain: _uncertain, ...row }) => row)
  const detail = outcome.detail ?? DETAILS.get(outcome.code)
  const uncertain = isUncertain({ person, outcome }) ? UNCERTAIN : undefined
  const body = toMessageBody({ ...breachEvent, data: { ...event.data, members } })
  return toDeadLetter(
    body,
    {
      code: outcome.code,
      detail: [detail, uncertain].filter(Boolean).join(': '),
      stytchRequestId: outcome.requestId,
      attempts: attempts + 1,
      event,
    },
    now,
  )
}

type DeferredMember = { person: Person; outcome: Extract<Outcome, { kind: 'deferred' }> }

/**
 * Turns who is left over into at most two smaller events: those whose turn never came go on at once,
 * the others after a delay that grows with the attempts, or a longer one that Stytch asked for.
 * Rows that have been tried and named nobody stay behind.
 */
function toRemainders(
  event: ResetEvent,
  deferred: readonly DeferredMember[],
  { now, random }: { now: number; random: () => number },
): OutgoingMessage[] {
  const growing = retryDelay(event.attempts, random)
  const atOnce = deferred.filter(({ outcome }) => outcome.stop.delay === 'none')
  const delayed = deferred.filter(({ outcome }) => outcome.stop.delay !== 'none')
  const delaySeconds = Math.max(...delayed.map(({ outcome }) => delayOf(outcome.stop, growing)))
  return [
    ...(atOnce.length > 0 ? [remainder(atOnce, event.attempts, 0)] : []),
    ...(delayed.length > 0 ? [remainder(delayed, event.attempts + 1, delaySeconds)] : []),
  ]

  function remainder(people: readonly DeferredMember[], attempts: number, delay: number): OutgoingMessage {
    const smaller: ResetEvent = {
      ...event,
      attempts,
      firsttriedat: event.firsttriedat ?? new Date(now).toISOString(),
      data: { ...event.data, members: people.flatMap(rowsOf) },
    }
    return { body: toMessageBody(smaller), delaySeconds: delay, groupId: eventGroup(event) }
  }
}

function delayOf(stop: Stop, growing: number): number {
  if (stop.delay === 'longest') return MAX_DELAY_SECONDS
  if (stop.retryAfterMs === undefined) return growing
  return Math.min(MAX_DELAY_SECONDS, Math.max(growing, Math.ceil(stop.retryAfterMs / 1000)))
}

function rowsOf({ person, outcome }: DeferredMember): ResetMember[] {
  const { owed, tried = 0 } = outcome
  if (owed) return person.rows.slice(0, 1).map((row) => ({ ...row, owed }))
  const idstried = person.rows.slice(0, tried).some(namesIds)
  const uncertain = isUncertain({ person, outcome })
  return person.rows
    .slice(tried)
    .map((row) => ({ ...row, ...(idstried && { idstried }), ...(uncertain && { uncertain }) }))
}

const METRIC = {
  reset: 'MembersReset',
  skipped: 'MembersSkipped',
  failed: 'MembersDeadLettered',
  deferred: 'MembersDeferred',
} as const

/** Logs one line per person and counts the outcomes, after everything they say is durable. `now` in ms since the epoch. */
function reportResults(observe: Observe, event: ResetEvent, results: readonly Result[], now: number): void {
  const triedFor = event.firsttriedat === undefined ? 0 : now - Date.parse(event.firsttriedat)
  for (const { person, outcome } of results) {
    observe.measure(METRIC[outcome.kind], 1)
    if (outcome.kind === 'deferred') observe.measure('MemberWaitingMs', triedFor)
    else observe.measure('MemberSucceeded', outcome.kind === 'failed' ? 0 : 1)
    if (event.source === CANARY_SOURCE && provesTheWay(outcome, event)) observe.measure('CanaryPassed', 1)
    if (outcome.kind === 'reset') observe.measure('DetectionToResetMs', outcome.at - Date.parse(event.time))
    observe.outcome({
      ...eventIdentity(event),
      person: person.key,
      organization_id: person.rows[0]?.organization_id,
      ...describe(outcome),
      stytch_request_id: outcome.requestId,
      attempts: event.attempts || undefined,
    })
  }
}

/** As far as the stage's mode lets it be proved: a dry run calls nobody. One that the event itself asks for proves nothing. */
function provesTheWay(outcome: Result['outcome'], { data: { mode } }: ResetEvent): boolean {
  if (outcome.kind !== 'skipped') return false
  return outcome.code === 'not_a_member' || (outcome.code === 'dry_run' && mode !== 'dry_run')
}

function describe(outcome: Result['outcome']): Pick<OutcomeLine, 'outcome' | 'code'> {
  if (outcome.kind === 'reset') return { outcome: 'reset' }
  if (outcome.kind === 'skipped') return { outcome: 'skipped', code: outcome.code }
  if (outcome.kind === 'failed') return { outcome: 'dead_lettered', code: outcome.code }
  return { outcome: 'deferred', code: outcome.stop.code }
}
