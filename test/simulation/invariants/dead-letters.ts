import { ResetEventSchema, SessionsEventSchema } from '../../../lib/contract/breach-event.ts'
import { checkBreachEvent } from '../../../lib/contract/check-breach-event.ts'
import { unwrapEnvelopes } from '../../../lib/contract/unwrap-envelopes.ts'
import { aheadDuring, CLOCK_TOLERANCE_MS } from './clocks.ts'
import { isImposture, limitsOf, quotasOf } from './limits.ts'
import { type Invocation, KEPT_AS_SENT, type Message, STRANGER, type Trace, UNCERTAIN } from './trace.ts'

const INTERNAL = ['sentat', 'attempts', 'firsttriedat']

/**
 * Every dead letter says why it is one, and what a redrive of it may do. What was a breach event can be sent to the breach queue as it is, names its people, and
 * has no internal field of the queues between functions. Every message on those queues can be read there.
 */
export function deadLettersCanBeRedriven({ messages }: Trace): string[] {
  return [...messages.values()].flatMap((message) => {
    if (message.queue === 'reset' || message.queue === 'sessions')
      return isReadable(message) ? [] : [`${message.message} can't be read`]
    if (message.queue === 'breach' || message.by === STRANGER) return []
    const { attributes, body, json, queue } = message
    const { 'failure-code': code = queue, redrive } = attributes
    const isExplained = attributes['failed-at'] && (redrive === 'again' || redrive === 'ask')
    if (queue === 'dead-letter' && !isExplained) return [`${message.message} does not say why`]
    if (KEPT_AS_SENT.includes(code)) return []
    const event = unwrapEnvelopes(body)
    const isEvent =
      event.kind === 'parsed' &&
      checkBreachEvent(event.value, message.at).kind === 'event' &&
      message.rows.size + message.bad > 0
    if (!isEvent) return [`${message.message} (${code}) can't be redriven`]
    const internal = [...INTERNAL.filter((key) => key in (json ?? {})), ...internalOf(message)]
    return internal.map((key) => `${message.message} carries ${key}`)
  })
}

function internalOf({ rows }: Message): string[] {
  const all = [...rows.values()].flat()
  return ['owed', 'uncertain', 'idstried', 'reset_at', 'ended'].filter((key) => all.some((row) => key in row))
}

function isReadable({ body, queue }: Message): boolean {
  const schema = queue === 'reset' ? ResetEventSchema : SessionsEventSchema
  return schema.safeParse(JSON.parse(body)).success
}

/** The hour of the limit, which may be up to two minutes longer. */
const HOUR_MS = 62 * 60_000
const NOT_THE_MEMBERS = /^4(01|29)/
const GIVEN_UP = 'still failing when the retry horizon ended'
const RESET = /^reset$|password_not_found$/

/**
 * The reason of every dead letter is true: expired, over a limit, not allowed, unreadable, refused by Stytch with that very
 * answer, or tried for the whole retry horizon. So nobody who could have been reset is dead-lettered.
 */
export function deadLettersGiveTheTrueReason(trace: Trace): string[] {
  const { run, invocations } = trace
  const isRefusing = run.journal.some(
    ({ what, ...more }) => what === 'fault' && 'fault' in more && more.fault === 'never accepted',
  )
  const others = [...invocations.values()].filter(({ role }) => role !== 'end-sessions')
  return others.flatMap((invocation) =>
    invocation.sent
      .filter((message) => message.queue === 'dead-letter' && !isTrue(message, invocation))
      .map(({ message, attributes }) => `${message} says ${attributes['failure-code']}, which is not true`),
  )

  function isTrue(deadLetter: Message, invocation: Invocation): boolean {
    const { attributes, json, at, bad, rows } = deadLetter
    const members = json?.data.members.length ?? 0
    const limits = limitsOf(run, json)
    switch (attributes['failure-code']) {
      case 'expired':
        return (
          Date.parse(json?.expirytime ?? '') < at + aheadDuring(trace, invocation).most &&
          !isKnownReset(deadLetter, invocation)
        )
      case 'over_limit':
        return members > (limits?.maxMembers ?? 0)
      case 'sender_not_allowed':
        return invocation.messages.some((origin) => origin.json?.id === json?.id && isImposture(run, origin))
      case 'source_not_allowed':
        return limits === undefined
      case 'mode_not_allowed':
        return limits?.isDry === true && json?.data.mode === 'enforce'
      case 'over_hourly_limit':
        return quotasOf(run, json).some(
          ({ name, maxPerHour, isOf }) =>
            isOf(attributes['failure-detail'] ?? '') &&
            members + countedSince(name, at - HOUR_MS) > maxPerHour,
        )
      case 'invalid_member':
        return bad > 0 && rows.size === 0
      case 'in_future':
        return invocation.messages.some((origin) => origin.body === deadLetter.body && isAhead(origin))
      case 'misplaced_limit':
        return json?.mode !== undefined
      case 'not_json':
        return json === undefined
      case 'unsendable':
        return isRefusing
      default:
        return (
          hasThatAnswer(deadLetter, invocation) ||
          hadUnusableAnswer(deadLetter, invocation, invocations) ||
          isGivenUp(trace, deadLetter, invocation)
        )
    }
  }

  function isAhead({ json, at }: Message): boolean {
    const moments = [json?.time ?? '', json?.data.exposed_at ?? '']
    return moments.some((moment) => Date.parse(moment) > at + CLOCK_TOLERANCE_MS)
  }

  function countedSince(name: string, since: number): number {
    const counted = [...invocations.values()].flatMap((invocation) => invocation.counted)
    const recent = counted.filter((one) => one.name === name && one.at >= since && one.members > 0)
    return recent.reduce((sum, one) => sum + one.members, 0)
  }
}

/** "Not found" is only true when each of the person's rows was tried. */
function hasThatAnswer({ attributes, json, rows }: Message, { calls, messages }: Invocation): boolean {
  const [person = ''] = rows.keys()
  const { 'failure-code': code = '' } = attributes
  const answers = calls.filter((call) => call.person === person).map(({ answered }) => answered?.as ?? '')
  const same = answers.filter((as) => codeOf(as) === code && !NOT_THE_MEMBERS.test(as))
  if (!code.endsWith('not_found')) return same.length > 0
  const origins = messages.filter((origin) => origin.json?.id === json?.id && origin.rows.has(person))
  const untried = Math.min(...origins.map((origin) => origin.rows.get(person)?.length ?? 0))
  return same.length > 0 && answers.filter((as) => as.endsWith('not_found')).length >= untried
}

/** Stytch refuses everybody with a word that is a code of ours. */
function codeOf(as: string): string | undefined {
  if (as === '403 expired') return 'stytch_error_expired'
  return as === 'unusable' ? 'invalid_response' : /^4\d\d (\w+)$/.exec(as)?.[1]
}

/** Whether require-reset did not read the ledger, or found there that the person was reset since the fence of the event. */
function isKnownReset({ json, rows, at }: Message, { role, pages }: Invocation): boolean {
  const [person = ''] = rows.keys()
  const read = pages.flatMap(({ resets }) => resets.filter(([who]) => who === person))
  const fence = Date.parse(json?.fence ?? '')
  const isCovered = read.some(([, resetAt = 0]) => resetAt >= fence && resetAt <= at)
  return role === 'require-reset' && (read.length === 0 || isCovered)
}

/** A call since the event was sent had an unusable answer, in an earlier delivery or for another event. */
function hadUnusableAnswer(
  { attributes, json, rows, index }: Message,
  { messages }: Invocation,
  invocations: Trace['invocations'],
): boolean {
  const [person = ''] = rows.keys()
  const sentAt = messages
    .filter((origin) => origin.json?.id === json?.id && origin.rows.has(person))
    .map((origin) => Date.parse(origin.json?.sentat ?? ''))
  return (
    attributes['failure-code'] === 'invalid_response' &&
    [...invocations.values()]
      .flatMap(({ noted }) => noted)
      .some(
        (call) =>
          call.person === person &&
          call.kind === 'unusable' &&
          call.index < index &&
          sentAt.some((sent) => call.calledAt >= sent),
      )
  )
}

/** Nobody is given up whose reset is known: a redrive of the dead letter would repeat it. */
function isGivenUp(trace: Trace, { attributes, json, rows, at }: Message, invocation: Invocation): boolean {
  const { messages, calls } = invocation
  const horizonMs = trace.run.deployment.stage.retryHorizon.toMilliseconds()
  const clock = at + aheadDuring(trace, invocation).most
  const [person = ''] = rows.keys()
  const origins = messages.filter((origin) => origin.json?.id === json?.id && origin.rows.has(person))
  const isOld = origins.some((origin) => clock - Date.parse(origin.json?.firsttriedat ?? '') >= horizonMs)
  const isKnown =
    origins.every((origin) => origin.rows.get(person)?.some((row) => row.owed)) ||
    calls.some((call) => call.person === person && RESET.test(call.answered?.as.replace(/^\d+ /, '') ?? ''))
  return isOld && !isKnown && Boolean(attributes['failure-detail']?.startsWith(GIVEN_UP))
}

/**
 * After an unanswered or unusable call the ledger has a note of it, unless it could not be written. Until the person is
 * known to be reset, remainders of that event keep the mark, and the dead letter says that a redrive must be asked for. (A
 * redrive of a message that SQS itself moved loses the mark: fan-out does not trust internal fields.)
 */
export function uncertainResetsAreReported({ invocations, run }: Trace): string[] {
  const unwritable = run.journal.some((entry) => isWrite(entry))
  return [...invocations.values()].flatMap((invocation) => {
    if (!invocation.acknowledged || invocation.role !== 'require-reset') return []
    return [...namedOnce(invocation.messages)].flatMap(([person, message]) =>
      judge(invocation, person, message),
    )
  })

  function judge({ invocation, calls, noted, sent }: Invocation, person: string, message: Message): string[] {
    const own = noted.filter((call) => call.person === person)
    const uncertain = calls.filter(
      (call) => call.person === person && call.answered && UNCERTAIN.includes(call.answered.as),
    )
    const isMarked = message.rows.get(person)?.some((row) => row.uncertain && !row.owed)
    if (!isMarked && uncertain.length === 0) return []
    const violations: string[] = []
    if (uncertain.length > 0 && !unwritable && own.length === 0)
      violations.push(`${invocation} left no note of an uncertain call of ${person}`)
    for (const { queue, rows, attributes, message: id } of sent) {
      const row = rows.get(person)?.[0]
      const isReported = queue === 'dead-letter' ? attributes.redrive === 'ask' : row?.uncertain || row?.owed
      if (row && queue !== 'sessions' && !isReported)
        violations.push(`${id} says that ${person} can be redriven without a question`)
    }
    return violations
  }
}

/** People named by exactly one message of the batch, with that message. */
function namedOnce(messages: readonly Message[]): Map<string, Message> {
  const named = new Map<string, Message>()
  const again = new Set<string>()
  for (const message of messages) {
    for (const person of message.rows.keys()) {
      if (named.has(person)) again.add(person)
      named.set(person, message)
    }
  }
  for (const person of again) named.delete(person)
  return named
}

function isWrite(entry: object): boolean {
  return 'step' in entry && entry.step === 'note uncertain call'
}
