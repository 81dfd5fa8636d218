import type { Entry } from '../world/journal.ts'
import type { Run } from '../world/play.ts'
import { aheadDuring } from './clocks.ts'
import { limitsOf } from './limits.ts'
import { type Body, type Invocation, KEPT_AS_SENT, type Message, OWN_QUEUE, type Trace } from './trace.ts'

/**
 * The fence of every chunk is the end of the exposure or the moment the event was sent, whichever is earlier; a redriven dead
 * letter keeps its fence. No remainder and no dead letter of a member changes it.
 */
export function fenceIsKept({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ invocation, role, messages, sent }) =>
    sent
      .filter(({ json, queue }) => json && (queue === 'reset' || queue === 'rehearsed' || role !== 'fan-out'))
      .flatMap(({ json, message }) => {
        const origins = messages.filter((origin) => origin.json?.id === json?.id)
        const allowed = origins.map((origin) =>
          role === 'fan-out' ? fenceOf(origin.json, origin.at) : origin.json?.fence,
        )
        return allowed.includes(json?.fence) ? [] : [`${invocation} gave ${message} the fence ${json?.fence}`]
      }),
  )
}

/** The fence that fan-out gives an event. */
export function fenceOf(json: Body | undefined, sentAt: number): string | undefined {
  if (!json) return undefined
  const end = Date.parse(json.data.exposed_at ?? json.time)
  const inherited = json.fence === undefined ? end : Date.parse(json.fence)
  return new Date(Math.min(end, sentAt, inherited)).toISOString()
}

/**
 * A message that is sent has the mode, expiry and time of the one it comes from (fan-out lowers the mode of a source that may only
 * have dry runs; who is to be logged out is so after the event has expired, too). A remainder says since when its members have been tried, and never has fewer attempts. Nobody called after
 * the retry horizon is deferred again, unless their ledger row is owed; and a dry run calls nobody.
 */
export function modeAndAgeAreKept(trace: Trace): string[] {
  const { invocations, run } = trace
  return [...invocations.values()].flatMap((invocation) => [
    ...invocation.sent
      .filter((message) => message.json && !isUnchanged(run, message, invocation))
      .map(({ message }) => `${invocation.invocation} changed what ${message} says`),
    ...invocation.sent
      .filter((message) => isTooOld(message, invocation))
      .map(({ message }) => `${message} defers somebody after the retry horizon`),
    ...invocation.calls
      .filter(({ person }) => isDry(person, invocation))
      .map(({ person }) => `${invocation.invocation} called ${person} in a dry run`),
  ])

  /** Of somebody in several messages nobody knows for which the call was. Measured by the clock of the environment, at the start of the invocation, although the code decides it at the end. */
  function isTooOld({ json, queue, rows }: Message, invocation: Invocation): boolean {
    const { role, at, calls, outcomes, messages } = invocation
    const age = at + aheadDuring(trace, invocation).least - Date.parse(json?.firsttriedat ?? '')
    const isCut = outcomes.some(({ code }) => code === 'ledger_unavailable')
    const isNamedOnce = (person: string) => messages.filter((other) => other.rows.has(person)).length === 1
    const isCalled =
      !isCut && calls.some(({ person }) => rows.get(person)?.every((row) => !row.owed) && isNamedOnce(person))
    const horizon = run.deployment.stage.retryHorizon.toMilliseconds()
    return role === 'require-reset' && queue === 'reset' && isCalled && age >= horizon
  }

  function isDry(person: string, { messages, mode }: Invocation): boolean {
    if (mode === 'dry_run') return true
    const naming = messages.filter(({ rows }) => rows.has(person))
    return naming.every(({ json }) => json?.data.mode === 'dry_run')
  }
}

function isUnchanged(run: Run, { json, queue }: Message, { messages, role }: Invocation): boolean {
  const isLowered = role === 'fan-out' && queue === 'reset' && limitsOf(run, json)?.isDry
  const isRemainder = queue === OWN_QUEUE[role]
  const isPassedOn = queue === 'sessions' && role === 'require-reset'
  return messages.some(
    (origin) =>
      origin.json?.id === json?.id &&
      (isLowered ? 'dry_run' : origin.json?.data.mode) === json?.data.mode &&
      (isPassedOn ? undefined : origin.json?.expirytime) === json?.expirytime &&
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

/**
 * Every ledger row that records a reset is of a call that Stytch answered for that person, and has the start of that call; where the
 * clock of its environment was wrong, what that clock said or when a message about the person was sent.
 */
export function ledgerRowsAreTrue({ invocations, calls, messages }: Trace): string[] {
  const answered = new Set(
    [...calls.values()].flatMap(({ person, at, clock, answered: answer }) => {
      if (answer?.as !== 'reset' && !answer?.as.endsWith('password_not_found')) return []
      const naming = clock === at ? [] : [...messages.values()].filter(({ rows }) => rows.has(person))
      return [clock, ...naming.map((message) => message.at)].map((time) => `${person} ${time}`)
    }),
  )
  return [...invocations.values()].flatMap(({ stored, invocation }) =>
    stored
      .filter(({ kind, person, resetAt }) => kind === 'reset' && !answered.has(`${person} ${resetAt}`))
      .map(({ person }) => `${invocation} wrote a reset of ${person} that no answer reported`),
  )
}

const DAY_MS = 24 * 3_600_000
const MAX_RECEIVES = 30_000

/**
 * When the faults are over, the work queues drain without help: within the retry horizon and a day of the last event, and
 * without being polled all the time.
 */
export function queuesDrain({ run, messages, invocations }: Trace): string[] {
  const { breach, reset, sessions } = run.world.queues
  const left = [...breach.all(), ...reset.all(), ...sessions.all()].map(
    ({ id, receiveCount }) => `${id} is still there, received ${receiveCount} times`,
  )
  const all = [...invocations.values()]
  const sent = [...messages.values()].filter(({ queue }) => queue === 'breach')
  const lastEvent = Math.max(...sent.map(({ at, delaySeconds }) => at + delaySeconds * 1000))
  const lastInvocation = Math.max(...all.map(({ at }) => at))
  const horizon = run.deployment.stage.retryHorizon.toMilliseconds()
  const received = all.reduce((sum, invocation) => sum + invocation.received.length, 0)
  return [
    ...left,
    ...(lastInvocation > lastEvent + horizon + DAY_MS ? ['it took more than a day and the horizon'] : []),
    ...(received > MAX_RECEIVES ? [`messages were received ${received} times`] : []),
  ]
}

/** No request is beyond a limit of SQS or DynamoDB, which would reject it every time. */
export function awsAcceptsEverything({ run }: Trace): string[] {
  return run.journal.flatMap((entry) =>
    entry.what === 'rejected by AWS' ? [`${entry.step}: ${entry.why}`] : [],
  )
}

const PLANTED =
  /\.canary@|leak\.example|canary[- ](\d|stolen|secret|ledger|rubbish|without)|@example\.com|member-test-/i
const STOLEN = 'canary-stolen-password'

/**
 * No e-mail address, name, member id, stolen password or secret is in a log line, a ledger row, a fact, an outcome event, a message attribute or a group id. Fields that
 * the contract does not know, such as a stolen password, are in no message except dead letters kept as they were sent.
 */
export function nothingLeaks({ run }: Trace): string[] {
  return run.journal
    .filter((entry) => outputsOf(entry).some((text) => PLANTED.test(text)) || forwardsStolen(entry))
    .map(({ what, at }) => `"${what}" at ${new Date(at).toISOString()} holds personal data or a secret`)
}

function outputsOf(entry: Entry): string[] {
  if (entry.what === 'output') return [entry.text]
  if (entry.what === 'outcome') return [JSON.stringify(entry.line)]
  if (entry.what === 'fact put') return [JSON.stringify(entry.item)]
  if (entry.what === 'said') return [entry.detail]
  return entry.what === 'sent' ? [JSON.stringify(entry.attributes), entry.groupId ?? ''] : []
}

function forwardsStolen(entry: Entry): boolean {
  if (entry.what !== 'sent' || entry.queue === 'breach') return false
  return entry.body.includes(STOLEN) && !KEPT_AS_SENT.includes(entry.attributes['failure-code'] ?? '')
}
