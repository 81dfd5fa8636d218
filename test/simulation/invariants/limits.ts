import type { Run } from '../world/play.ts'
import { type Body, type Invocation, type Message, peakPerSecond, ruleOf, type Story } from './story.ts'

/** In no second does an execution environment start more calls than its share, nor all together more than the budget. */
export function rateHolds({ calls, run }: Story): string[] {
  const { stage, settings } = run.deployment
  const all = [...calls.values()]
  const wrong: string[] = []
  const total = peakPerSecond(all.map(({ at }) => at))
  if (total > stage.stytchRequestsPerSecond)
    wrong.push(`${total} calls in a second, the budget is ${stage.stytchRequestsPerSecond}`)
  for (const [environment, own] of Map.groupBy(all, (call) => call.environment)) {
    const most = peakPerSecond(own.map(({ at }) => at))
    if (most > settings.requestsPerSecond)
      wrong.push(
        `${environment} started ${most} calls in a second, its share is ${settings.requestsPerSecond}`,
      )
  }
  return wrong
}

const HOUR_MS = 3_600_000

/**
 * What fan-out forwards for a source with an hourly limit was counted before, in full, under the name that the stage gives the
 * source, and is remembered by its message; and in no 60 minutes are more members remembered than the limit.
 */
export function hourlyLimitHolds({ run, invocations, messages }: Story): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  const remembered = all.flatMap((invocation) => invocation.remembered)
  const limited = ({ json }: Message) => Number.isFinite(ruleOf(run, json)?.maxPerHour)
  const accepted = remembered.flatMap(({ message: id, at }) => {
    const message = messages.get(id)
    const { name = '', maxPerHour = 0 } = ruleOf(run, message?.json) ?? {}
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
    return [...Map.groupBy(rows, ({ json }) => ruleOf(run, json)?.name ?? '')].flatMap(([name, of]) => {
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

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/**
 * Nobody is called for an event that had expired when the invocation began, and no event is split that is above the limit of the
 * stage or its source, or of a source that is not allowed.
 */
export function limitAndExpiryAreObeyed({ run, invocations }: Story): string[] {
  return [...invocations.values()].flatMap(({ invocation, at, messages, calls, sent }) => {
    const called = calls.filter(({ person }) =>
      messages
        .filter(({ rows }) => rows.has(person))
        .every(({ json }) => Date.parse(json?.expirytime ?? '') < at),
    )
    const tooLarge = new Set(
      messages.flatMap(({ json, queue }) =>
        queue === 'breach' && json && json.data.members.length > (ruleOf(run, json)?.most ?? 0)
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

/** After a 429 with Retry-After nobody is called from that environment before that time is over. */
export function stytchIsObeyed({ calls }: Story): string[] {
  const all = [...calls.values()]
  return all.flatMap(({ environment, answered }) => {
    const { retryAfterMs, at = 0, index = 0 } = answered ?? {}
    if (!retryAfterMs) return []
    return all
      .filter(
        (later) => later.environment === environment && later.index > index && later.at < at + retryAfterMs,
      )
      .map((later) => `${environment} called ${later.person} although Stytch had asked for a pause`)
  })
}

/** No call starts when what it may take and what settling needs is more than the invocation has left. */
export function timeIsKept({ invocations, run }: Story): string[] {
  const { stage, settings } = run.deployment
  const reserve = settings.settleReserveMs + stage.stytchTimeoutSeconds * 1000
  return [...invocations.values()].flatMap(({ calls, deadline, invocation }) =>
    calls
      .filter(({ at }) => at > deadline - reserve)
      .map(({ at, person }) => `${invocation} called ${person} ${deadline - at} ms before its end`),
  )
}

/**
 * What is sent on says the same mode, expiry and time as what it comes from (what fan-out forwards of a source that may only have dry runs: that one), what waits says since when, and its attempts
 * never become fewer; who was called after the retry horizon is not sent on any more; and a dry run calls nobody.
 */
export function modeAndAgeAreKept({ invocations, run }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) => [
    ...invocation.sent
      .filter((message) => message.json && !isTrue(run, message, invocation))
      .map(({ message }) => `${invocation.invocation} changed what ${message} says`),
    ...invocation.sent
      .filter((message) => isTooOld(message, invocation))
      .map(({ message }) => `${message} is sent on after the retry horizon`),
    ...invocation.calls
      .filter(({ person }) => isDry(person, invocation))
      .map(({ person }) => `${invocation.invocation} called ${person} in a dry run`),
  ])

  /** Measured at the start of the invocation, which judges it at its end. */
  function isTooOld({ json, queue, rows }: Message, { role, at, calls }: Invocation): boolean {
    const age = at - Date.parse(json?.firsttriedat ?? '')
    const isCalled = calls.some(({ person }) => rows.has(person))
    const horizon = run.deployment.stage.retryHorizonHours * 3_600_000
    return role === 'require-reset' && queue === 'reset' && isCalled && age >= horizon
  }

  function isDry(person: string, { messages }: Invocation): boolean {
    if (run.deployment.stage.mode === 'dry_run') return true
    const naming = messages.filter(({ rows }) => rows.has(person))
    return naming.every(({ json }) => json?.data.mode === 'dry_run')
  }
}

function isTrue(run: Run, { json, queue }: Message, { messages, role }: Invocation): boolean {
  const isLowered = role === 'fan-out' && queue === 'reset' && ruleOf(run, json)?.isDry
  const isRemainder = role === 'require-reset' && queue === 'reset'
  return messages.some(
    (origin) =>
      origin.json?.id === json?.id &&
      (isLowered ? 'dry_run' : origin.json?.data.mode) === json?.data.mode &&
      origin.json?.expirytime === json?.expirytime &&
      origin.json?.time === json?.time &&
      (!isRemainder || isOlder(json, origin.json)),
  )
}

function isOlder(remainder: Body | undefined, origin: Body | undefined): boolean {
  const { firsttriedat, attempts = 0 } = remainder ?? {}
  return (
    firsttriedat !== undefined &&
    (origin?.firsttriedat ?? firsttriedat) === firsttriedat &&
    attempts >= (origin?.attempts ?? 0)
  )
}
