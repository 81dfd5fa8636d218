import type { Entry } from '../world/world.ts'
import { type Body, type Invocation, type Message, type Story, VERBATIM } from './story.ts'

/**
 * When a message is deleted, everybody in it is in the ledger as reset since the fence, or on the dead-letter queue, or in a
 * message sent on; or was skipped for a reason that holds.
 */
export function acknowledgedWhenDurable({ run, invocations, messages }: Story): string[] {
  const resetAt = new Map<string, number>()
  const wrong: string[] = []
  for (const [index, entry] of run.journal.entries()) {
    if (entry.what === 'row stored' && entry.kind === 'reset') resetAt.set(entry.person, entry.resetAt)
    if (entry.what !== 'acknowledged') continue
    const invocation = invocations.get(entry.invocation)
    if (!invocation) continue
    const deleted = entry.messages.flatMap((id) => messages.get(id) ?? [])
    const before = invocation.sent.filter((sent) => sent.index < index && !sent.copy)
    const missing = (message: Message) =>
      invocation.role === 'fan-out'
        ? notSentOn(message, before)
        : notSettled(message, deleted, before, invocation)
    for (const message of deleted)
      wrong.push(...missing(message).map((who) => `${message.message} was deleted, and ${who} is nowhere`))
  }
  return wrong

  function notSettled(
    message: Message,
    deleted: readonly Message[],
    before: readonly Message[],
    invocation: Invocation,
  ): string[] {
    const { json } = message
    if (!json) return before.some(({ body }) => body === message.body) ? [] : ['its body']
    return [...message.rows.keys()].filter((person) => {
      const naming = (other: Message) => other.json?.id === json.id && other.rows.has(person)
      const needs = (other: Message) => !isCovered(person, other) && !isSkipped(person, other, invocation)
      const needing = deleted.filter((other) => naming(other) && needs(other))
      return needing.includes(message) && before.filter(naming).length < needing.length
    })
  }

  function isCovered(person: string, { json }: Message): boolean {
    return (resetAt.get(person) ?? Number.NEGATIVE_INFINITY) >= Date.parse(json?.fence ?? '')
  }

  function isSkipped(person: string, { json, rows }: Message, { calls }: Invocation): boolean {
    if (run.deployment.stage.mode === 'dry_run' || json?.data.mode === 'dry_run') return true
    const namesIds = rows.get(person)?.some((row) => row.member_id || row.idstried)
    return (
      !namesIds && calls.some((call) => call.person === person && call.answered?.as === '404 email_not_found')
    )
  }
}

/** fan-out decides nothing about people: every row is in a chunk or a letter, or the whole body is a letter. */
function notSentOn(message: Message, before: readonly Message[]): string[] {
  const letters = before.filter(({ queue }) => queue === 'dead-letter')
  const isWhole = letters.some(
    ({ body, json, attributes }) =>
      body === message.body ||
      (json &&
        json.id === message.json?.id &&
        sizeOf(json) === sizeOf(message.json) &&
        attributes['failure-code'] !== 'invalid_member'),
  )
  if (isWhole) return []
  const same = before.filter(({ json }) => json?.id === message.json?.id)
  const missing = [...message.rows.keys()].filter((person) => !same.some(({ rows }) => rows.has(person)))
  const bad = same.reduce((sum, letter) => sum + letter.bad, 0)
  return bad < message.bad ? [...missing, `${message.bad - bad} bad rows`] : missing
}

function sizeOf(json: Message['json']): number {
  return json?.data.members.length ?? 0
}

/**
 * The fence of every chunk is the end of the exposure or the moment the event was sent, whichever is earlier; a redriven letter
 * keeps the one it had. No remainder and no dead letter of a member changes it.
 */
export function fenceIsKept({ invocations }: Story): string[] {
  return [...invocations.values()].flatMap(({ invocation, role, messages, sent }) =>
    sent
      .filter(({ json, queue }) => json && (queue === 'reset' || role === 'require-reset'))
      .flatMap(({ json, message }) => {
        const origins = messages.filter((origin) => origin.json?.id === json?.id)
        const allowed = origins.map((origin) =>
          role === 'fan-out' ? fenceOf(origin.json, origin.at) : origin.json?.fence,
        )
        return allowed.includes(json?.fence) ? [] : [`${invocation} gave ${message} the fence ${json?.fence}`]
      }),
  )
}

function fenceOf(json: Body | undefined, sentAt: number): string | undefined {
  if (!json) return undefined
  const end = Date.parse(json.data.exposed_at ?? json.time)
  const inherited = json.fence === undefined ? end : Date.parse(json.fence)
  return new Date(Math.min(end, sentAt, inherited)).toISOString()
}

/** A row that covers is about a call that Stytch answered for that very person, and says when that call started. */
export function rowsAreTrue({ invocations, calls }: Story): string[] {
  const answered = new Set(
    [...calls.values()].flatMap(({ person, at, answered: answer }) =>
      answer?.as === 'reset' || answer?.as.endsWith('password_not_found') ? [`${person} ${at}`] : [],
    ),
  )
  return [...invocations.values()].flatMap(({ stored, invocation }) =>
    stored
      .filter(({ kind, person, resetAt }) => kind === 'reset' && !answered.has(`${person} ${resetAt}`))
      .map(({ person }) => `${invocation} wrote a reset of ${person} that no answer tells of`),
  )
}

const DAY_MS = 24 * 3_600_000
const MAX_RECEIVES = 20_000

/**
 * When the faults are over, both work queues become empty without anybody's doing: within a day and the retry horizon of the last
 * event, and not by being asked all the time.
 */
export function everythingDrains({ run, messages, invocations }: Story): string[] {
  const { breach, reset } = run.world.queues
  const left = [...breach.all(), ...reset.all()].map(
    ({ id, receives }) => `${id} is still there, received ${receives} times`,
  )
  const all = [...invocations.values()]
  const sent = [...messages.values()].filter(({ queue }) => queue === 'breach')
  const lastEvent = Math.max(...sent.map(({ at }) => at))
  const lastInvocation = Math.max(...all.map(({ at }) => at))
  const horizon = run.deployment.stage.retryHorizonHours * 3_600_000
  const received = all.reduce((sum, invocation) => sum + invocation.received.length, 0)
  return [
    ...left,
    ...(lastInvocation > lastEvent + horizon + DAY_MS ? ['it took more than a day and the horizon'] : []),
    ...(received > MAX_RECEIVES ? [`messages were received ${received} times`] : []),
  ]
}

/** No request breaks a limit of SQS or DynamoDB, which would refuse it each time. */
export function awsTakesEverything({ run }: Story): string[] {
  return run.journal.flatMap((entry) =>
    entry.what === 'never taken by AWS' ? [`${entry.step}: ${entry.why}`] : [],
  )
}

const PLANTED = /canary|leak\.example/i
const STOLEN = 'canary-stolen-password'

/**
 * No e-mail, stolen password or secret is in a log line, a ledger row, a message attribute or a group id; and what the contract
 * does not know, such as a stolen password, is in no message but those kept as they came.
 */
export function nothingLeaks({ run }: Story): string[] {
  return run.journal
    .filter((entry) => outputsOf(entry).some((text) => PLANTED.test(text)) || goesFurther(entry))
    .map(({ what, at }) => `"${what}" at ${new Date(at).toISOString()} holds what must not be seen`)
}

function outputsOf(entry: Entry): string[] {
  if (entry.what === 'said') return [entry.text]
  if (entry.what === 'outcome') return [JSON.stringify(entry.line)]
  return entry.what === 'sent' ? [JSON.stringify(entry.attributes), entry.groupId ?? ''] : []
}

function goesFurther(entry: Entry): boolean {
  if (entry.what !== 'sent' || entry.queue === 'breach') return false
  return entry.body.includes(STOLEN) && !VERBATIM.includes(entry.attributes['failure-code'] ?? '')
}
