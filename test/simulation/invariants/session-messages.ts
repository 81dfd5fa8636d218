import { isOngoing } from '../scenario/faults.ts'
import { aheadDuring } from './clocks.ts'
import { resetIn } from './sessions.ts'
import type { Ask, Invocation, Message, Trace } from './trace.ts'

/**
 * When a message on the sessions queue is deleted, the sessions of everyone in it have ended, by the ledger, for their reset or a later
 * one; or they are on the dead-letter queue, or deferred in a message, or were not found.
 */
export function loggedOutWhenAcknowledged({ run, invocations, messages }: Trace): string[] {
  const endedFor = new Map<string, number>()
  const violations: string[] = []
  for (const [index, entry] of run.journal.entries()) {
    // The latest that was ever written: an older row may replace it.
    if (entry.what === 'row stored' && entry.kind === 'sessions')
      endedFor.set(entry.person, Math.max(entry.resetAt, endedFor.get(entry.person) ?? 0))
    if (entry.what !== 'acknowledged') continue
    const invocation = invocations.get(entry.invocation)
    if (invocation?.role !== 'end-sessions') continue
    const deleted = entry.messages.flatMap((id) => messages.get(id) ?? [])
    const before = invocation.sent.filter((sent) => sent.index < index && !sent.copy)
    for (const message of deleted)
      violations.push(
        ...notSettled(message, { deleted, before, invocation }).map(
          (who) => `${message.message} was deleted, and ${who} is nowhere`,
        ),
      )
  }
  return violations

  function notSettled(
    message: Message,
    of: { deleted: readonly Message[]; before: readonly Message[]; invocation: Invocation },
  ): string[] {
    const { deleted, before, invocation } = of
    const { json } = message
    if (!json) return before.some(({ body }) => body === message.body) ? [] : ['its body']
    return [...message.rows.keys()].filter((person) => {
      const naming = (other: Message) => other.json?.id === json.id && other.rows.has(person)
      const hasEnded = (other: Message) =>
        (endedFor.get(person) ?? Number.NEGATIVE_INFINITY) >= resetIn(other, person)
      const isMissed = invocation.outcomes.some(
        ({ code, outcome, event_id, event_source, person: key = '' }) =>
          outcome === 'skipped' &&
          code === 'no_member_found' &&
          `${event_source} ${event_id}` === json.id &&
          run.world.people.keyed(key) === person,
      )
      const needing = isMissed ? [] : deleted.filter((other) => naming(other) && !hasEnded(other))
      return needing.includes(message) && before.filter(naming).length < needing.length
    })
  }
}

const GIVEN_UP = /^(\w+): still failing when the retry horizon ended$/
const REFUSED = /^(search|revoke|read-back): (\w+)$/
/** Not the person's: the key, the rate, or nothing wrong at all. */
const NOT_THEIRS = /^(401|408|425|429|499) |^404 (session|member)_not_found$/
/** Nobody need have been asked. */
const WITHOUT_ANSWER = /^(out_of_time|no_member_found|stytch_secret_\w+|ledger_\w+_mismatch)$/

/**
 * The reason of every dead letter of end-sessions is true: Stytch refused with that very answer, or sessions were seen to go on, or
 * something failed for the whole retry horizon, and what failed last is named.
 */
export function sessionLettersGiveTheTrueReason(trace: Trace): string[] {
  const { run, invocations } = trace
  return [...invocations.values()].flatMap((invocation) =>
    invocation.sent
      .filter(({ queue }) => queue === 'dead-letter' && invocation.role === 'end-sessions')
      .filter((letter) => !isTrue(letter, invocation))
      .map(
        ({ message, attributes }) =>
          `${message} says ${attributes['failure-code']}, ${attributes['failure-detail']}, which is not true`,
      ),
  )

  function isTrue(letter: Message, invocation: Invocation): boolean {
    const { attributes, rows } = letter
    const [person = ''] = rows.keys()
    const own = invocation.asks.filter(({ people }) => people.includes(person))
    const detail = attributes['failure-detail'] ?? ''
    const [, reason = ''] = GIVEN_UP.exec(detail) ?? []
    switch (attributes['failure-code']) {
      case 'sessions_refused':
        return isRefused(own, detail)
      case 'sessions_alive':
        return (
          isOld(letter, invocation, person) &&
          reason === 'sessions_alive' &&
          own.some(({ answered }) => answered && answered.shown.length > 0)
        )
      // Somebody who was tried once may not be tried again, because the ledger has failed meanwhile.
      case 'sessions_not_ended':
        return (
          isOld(letter, invocation, person) &&
          (WITHOUT_ANSWER.test(reason) ||
            (reason === 'ledger_unavailable' && own.length > 0) ||
            (reason === 'invalid_response' && own.some(isInCircle)) ||
            invocation.asks.some((ask) => codesOf(ask).includes(reason)))
        )
      default:
        return false
    }
  }

  /** Pages in a circle are of no use, although each of them is answered. */
  function isInCircle({ endpoint, at }: Ask): boolean {
    const since = at - run.world.startedAt
    return (
      endpoint.startsWith('search') &&
      run.scenario.outages.some((outage) => outage.as === 'pages in a circle' && isOngoing(outage, since))
    )
  }

  function isOld({ at, json }: Message, invocation: Invocation, person: string): boolean {
    const horizonMs = run.deployment.stage.retryHorizon.toMilliseconds()
    const clock = at + aheadDuring(trace, invocation).most
    return invocation.messages.some(
      (origin) =>
        origin.json?.id === json?.id &&
        origin.rows.has(person) &&
        clock - Date.parse(origin.json?.firsttriedat ?? '') >= horizonMs,
    )
  }
}

/** What Stytch says of a member for whom nothing is left to try. */
const IS_FINAL = /^(done|(?!401|408|425|429|499)4\d\d \w*)$/

/**
 * Somebody is dead-lettered because Stytch refused only when it has answered about each of their members: the sessions of another one
 * could still end.
 */
export function whoIsRefusedHasNobodyLeftToTry({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ role, messages, sent, asks }) =>
    role !== 'end-sessions'
      ? []
      : sent
          .filter(({ queue, attributes }) => queue === 'dead-letter' && isForMember(attributes))
          .flatMap(({ message, rows }) => {
            const [person = ''] = rows.keys()
            if (messages.filter((origin) => origin.rows.has(person)).length > 1) return []
            const latest = new Map(
              asks.filter(({ people: [who] }) => who === person).map((ask) => [ask.member, ask]),
            )
            latest.delete(undefined)
            return [...latest.values()]
              .filter(({ answered }) => !IS_FINAL.test(answered?.as ?? ''))
              .map(({ member }) => `${message} gives ${person} up, and ${member} can still be logged out`)
          }),
  )
}

function isForMember(attributes: Message['attributes']): boolean {
  return (
    attributes['failure-code'] === 'sessions_refused' && !attributes['failure-detail']?.startsWith('search')
  )
}

function isRefused(own: readonly Ask[], detail: string): boolean {
  const [, endpoint = '', code = ''] = REFUSED.exec(detail) ?? []
  return own.some(
    (ask) =>
      ask.endpoint.startsWith(endpoint.replace('-', ' ')) &&
      /^4/.test(ask.answered?.as ?? '') &&
      !NOT_THEIRS.test(ask.answered?.as ?? '') &&
      codesOf(ask).includes(code),
  )
}

/** The words for an answer that a reason may have. */
function codesOf({ answered }: Ask): string[] {
  if (!answered) return []
  if (answered.as === 'unusable') return ['invalid_response']
  const [status = '', type = ''] = answered.as.split(' ')
  return /^\d/.test(status) ? [type, `http_${status}`, `stytch_error_${type}`] : [status]
}
