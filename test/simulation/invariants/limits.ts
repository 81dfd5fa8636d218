import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import type { Run } from '../world/play.ts'
import { aheadDuring } from './clocks.ts'
import type { Body, Invocation, Message, Trace } from './trace.ts'

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
    const tooLarge = new Set(
      messages.flatMap(({ json, queue }) =>
        queue === 'breach' && json && json.data.members.length > (limitsOf(run, json)?.maxMembers ?? 0)
          ? [json.id]
          : [],
      ),
    )
    const split = sent.filter(({ queue, json }) => queue === 'reset' && json && tooLarge.has(json.id))
    return [
      ...called.map(({ person }) => `${invocation} called ${person} after the event had expired`),
      ...split.map(({ message }) => `${invocation} split an event that is over the limit into ${message}`),
    ]
  })
}

const HOUR_MS = 3_600_000

/**
 * What fan-out forwards for a source with an hourly limit was counted before, in full, under the name by which the stage lists
 * the source, and is remembered by its message. In no 60 minutes are more members remembered than the limit.
 */
export function hourlyLimitHolds({ run, invocations, messages }: Trace): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  const remembered = all.flatMap((invocation) => invocation.remembered)
  const limited = ({ json }: Message) => Number.isFinite(limitsOf(run, json)?.maxPerHour)
  const accepted = remembered.flatMap(({ message: id, at }) => {
    const message = messages.get(id)
    const { name = '', maxPerHour = 0 } = limitsOf(run, message?.json) ?? {}
    return { name, maxPerHour, at, members: message?.json?.data.members.length ?? 0 }
  })
  const tooMany = accepted.flatMap(({ name, maxPerHour, at }) => {
    const hour = accepted.filter((other) => other.name === name && other.at >= at && other.at < at + HOUR_MS)
    const members = sum(hour.map((other) => other.members))
    return members > maxPerHour ? [`${members} members of ${name} in an hour, not ${maxPerHour}`] : []
  })
  return [...tooMany, ...all.flatMap(notCounted), ...all.flatMap(notRemembered)]

  function notCounted({ invocation, counted, remembered: own }: Invocation): string[] {
    const rows = own.flatMap(({ message }) => messages.get(message) ?? [])
    return [...Map.groupBy(rows, ({ json }) => limitsOf(run, json)?.name ?? '')].flatMap(([name, of]) => {
      const members = sum(of.map(({ json }) => json?.data.members.length ?? 0))
      const known = sum(counted.filter((one) => one.name === name).map((one) => one.members))
      return known < members ? [`${invocation} counted ${known} of ${members} members of ${name}`] : []
    })
  }

  function notRemembered({ messages: received, sent }: Invocation): string[] {
    return sent
      .filter(({ queue, json }) => queue === 'reset' && json)
      .flatMap((chunk) => {
        const origins = received.filter(({ json }) => json?.id === chunk.json?.id)
        const isKnown = (id: string) =>
          remembered.some(({ message, index }) => message === id && index < chunk.index)
        const isFree = origins.some((origin) => !limited(origin) || isKnown(origin.message))
        return isFree ? [] : [`${chunk.message} was forwarded and not counted`]
      })
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

const REFUSALS = ['source_not_allowed', 'mode_not_allowed', 'over_limit', 'over_hourly_limit']

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

const CANARIES_PER_HOUR = 400

/**
 * Returns what the stage of a run allows the source of an event, and the name under which its members are counted; undefined
 * when the stage does not allow the source.
 */
export function limitsOf({ deployment }: Pick<Run, 'deployment'>, json: Body | undefined) {
  const { maxMembersPerEvent: maxMembers, sources } = deployment.stage
  const [source = ''] = json?.id.split(' ') ?? []
  if (source === CANARY_SOURCE)
    return { name: 'canaries', maxMembers, maxPerHour: CANARIES_PER_HOUR, isDry: false }
  if (!sources) return { name: '', maxMembers, maxPerHour: Number.POSITIVE_INFINITY, isDry: false }
  const name = source in sources ? source : '*'
  const limits = sources[name]
  if (!limits) return undefined
  const { maxMembersPerEvent = maxMembers, maxMembersPerHour: maxPerHour = Number.POSITIVE_INFINITY } = limits
  return {
    name,
    maxMembers: Math.min(maxMembers, maxMembersPerEvent),
    maxPerHour,
    isDry: limits.highestMode === 'dry_run',
  }
}
