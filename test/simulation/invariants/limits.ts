import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import { isHourly } from '../scenario/scenario.ts'
import { CANARIES, STAGE } from '../world/journal.ts'
import type { Run } from '../world/play.ts'
import { aheadDuring } from './clocks.ts'
import { isNamed, letterOf } from './redrives.ts'
import { type Body, IMPOSTOR, type Invocation, type Message, type Trace } from './trace.ts'

/**
 * Nobody is called for an event that had expired when the invocation began, by the clock of its environment. No event is split that is larger than its stage or
 * source allows, or that comes from a source that is not allowed.
 */
export function sizeAndExpiryAreObeyed(trace: Trace): string[] {
  const { run, invocations } = trace
  return [...invocations.values()].flatMap((one) => {
    const { invocation, messages, calls, sent } = one
    const begunAt = one.at + aheadDuring(trace, one).least
    const called = calls.filter(({ person }) =>
      messages
        .filter(({ rows }) => rows.has(person))
        .every(({ json }) => Date.parse(json?.expirytime ?? '') < begunAt),
    )
    const tooLarge = messages.filter(
      ({ json, queue }) =>
        queue === 'breach' && json && json.data.members.length > (limitsOf(run, json)?.maxMembers ?? 0),
    )
    const split = sent.filter(
      ({ queue, json }) => queue === 'reset' && tooLarge.some(({ message }) => message === json?.resetrun),
    )
    return [
      ...called.map(({ person }) => `${invocation} called ${person} after the event had expired`),
      ...split.map(({ message }) => `${invocation} split an event that is over the limit into ${message}`),
    ]
  })
}

const REFUSALS = [
  ...['source_not_allowed', 'sender_not_allowed', 'mode_not_allowed'],
  ...['over_limit', 'over_hourly_limit'],
]

/** Nobody is forwarded of an event that limits itself where that has no effect. */
export function misplacedLimitsResetNobody({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ invocation, role, messages, sent }) => {
    const misplaced = new Set(messages.flatMap(({ json }) => (json?.mode === undefined ? [] : [json.id])))
    const forwarded = sent.filter(({ queue, json }) => queue === 'reset' && json && misplaced.has(json.id))
    return role === 'fan-out' ? forwarded.map(({ message }) => `${invocation} forwarded ${message}`) : []
  })
}

/**
 * When a whole event is dead-lettered for its source, its mode or its size, nobody in that message was forwarded before. (An
 * exception: SQS delivers a message twice at the same moment, and neither invocation knows about the other.)
 */
export function refusedEventsResetNobody({ invocations }: Trace): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  return all.flatMap((invocation) =>
    invocation.sent
      .filter(({ attributes }) => REFUSALS.includes(attributes['failure-code'] ?? ''))
      .flatMap((deadLetter) => forwardedBefore(deadLetter, invocation)),
  )

  function forwardedBefore(deadLetter: Message, invocation: Invocation): string[] {
    const [origin, ...others] = sameEvent(deadLetter, invocation)
    if (!origin || others.length > 0) return []
    return all
      .filter(({ overAt = Number.POSITIVE_INFINITY }) => overAt < invocation.at)
      .filter((earlier) => {
        const [only, ...more] = sameEvent(deadLetter, earlier)
        return only?.message === origin.message && more.length === 0
      })
      .flatMap(({ sent }) => sent)
      .filter(({ queue, json }) => queue === 'reset' && json?.id === origin.json?.id)
      .map(({ message }) => `${deadLetter.message} says that nobody was reset, but ${message} was forwarded`)
  }
}

const sameEvent = ({ json }: Message, { messages }: Invocation) =>
  messages.filter((message) => message.json?.id === json?.id)

/**
 * Nobody is forwarded of an event whose source names its senders, if somebody else sent it, nor of a letter about it that nobody
 * named.
 */
export function wrongSendersResetNobody({ run, messages, invocations }: Trace): string[] {
  return [...messages.values()].flatMap(({ queue, json, message }) => {
    const origin = queue === 'reset' ? messages.get(json?.resetrun ?? '') : undefined
    return origin && isForged(origin) ? [`${message} is of ${origin.message}, from a wrong sender`] : []
  })

  function isForged(message: Message): boolean {
    const letter = letterOf(message, messages)
    if (!letter) return isImposture(run, message)
    if (isNamed(message, run)) return false
    const { messages: received = [] } = invocations.get(letter.by) ?? {}
    const origins = received.filter(({ json, queue }) => queue === 'breach' && json?.id === letter.json?.id)
    return origins.length > 0 && origins.every(isForged)
  }
}

/** Whether a message is from somebody who may send, but no events of its source. */
export function isImposture({ deployment }: Pick<Run, 'deployment'>, { by, json }: Message): boolean {
  const { sources = {} } = deployment.stage
  const limits = sources[sourceOf(json)] ?? sources['*']
  return by === IMPOSTOR && limits?.senders !== undefined
}

/** What an event may add to within an hour, by the name of the count. `isOf`: whether a detail speaks of it. */
type Quota = { name: string; maxPerHour: number; isOf: (detail: string) => boolean }

const isOfSource = (detail: string) => detail.includes('source')

/** Returns the hourly limits that the stage of a run has for an event: that of its source, or of all canaries, and its own. */
export function quotasOf(run: Pick<Run, 'deployment'>, json: Body | undefined): Quota[] {
  const { maxMembersPerHour } = run.deployment.stage
  const { name, maxPerHour } = limitsOf(run, json) ?? { name: '', maxPerHour: Number.POSITIVE_INFINITY }
  const isCounted = maxMembersPerHour !== undefined && sourceOf(json) !== CANARY_SOURCE
  return [
    ...(Number.isFinite(maxPerHour) ? [{ name, maxPerHour, isOf: isOfSource }] : []),
    ...(isCounted
      ? [{ name: STAGE, maxPerHour: maxMembersPerHour, isOf: (detail: string) => !isOfSource(detail) }]
      : []),
  ]
}

function sourceOf(json: Body | undefined): string {
  return json?.id.split(' ')[0] ?? ''
}

const CANARIES_PER_HOUR = 400

/**
 * Returns what the stage of a run allows the source of an event, and the name under which its members are counted; undefined
 * when the stage does not allow the source.
 */
export function limitsOf({ deployment }: Pick<Run, 'deployment'>, json: Body | undefined) {
  const { maxMembersPerEvent: maxMembers, sources } = deployment.stage
  const source = sourceOf(json)
  const unlimited = Number.POSITIVE_INFINITY
  if (source === CANARY_SOURCE) {
    const maxPerHour = isHourly(deployment.stage) ? CANARIES_PER_HOUR : unlimited
    return { name: CANARIES, maxMembers, maxPerHour, isDry: false }
  }
  if (!sources) return { name: '', maxMembers, maxPerHour: unlimited, isDry: false }
  const name = source in sources ? source : '*'
  const limits = sources[name]
  if (!limits) return undefined
  const { maxMembersPerEvent = maxMembers, maxMembersPerHour: maxPerHour = unlimited } = limits
  return {
    name,
    maxMembers: Math.min(maxMembers, maxMembersPerEvent),
    maxPerHour,
    isDry: limits.highestMode === 'dry_run',
  }
}
