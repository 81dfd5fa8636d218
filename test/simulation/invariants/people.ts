import { limitsOf } from './limits.ts'
import { onlyRehearsed } from './rehearsal.ts'
import { type Invocation, type Message, OWN_QUEUE, type Trace } from './trace.ts'

/**
 * At the end nobody named in an accepted event has a usable password from before its fence, except in a dry run that nobody redrove, or when a
 * dead letter names the person that is still there, or all their members have been deleted. A redriven dead letter keeps its fence. (A clock that was ahead dates a row later than the call was, and so the row may cover too much.)
 */
export function nobodyIsLost(trace: Trace): string[] {
  const { run, messages, calls, invocations } = trace
  const { world } = run
  const all = [...messages.values()]
  const called = [...calls.values()]
  const left = world.queues['dead-letter'].all().flatMap(({ id }) => messages.get(id) ?? [])
  const deadLettered = new Set(
    left
      .filter(({ queue, by }) => queue !== 'sessions' && invocations.get(by)?.role !== 'end-sessions')
      .flatMap(({ json, rows }) => [...rows.keys()].map((person) => `${json?.id} ${person}`)),
  )
  const rehearsed = onlyRehearsed(trace)
  return all
    .filter(({ queue, json }) => queue === 'breach' && json && json.data.mode !== 'dry_run')
    .flatMap(({ json, rows, at, message }) => {
      if (!json || rehearsed.has(message) || limitsOf(run, json)?.isDry) return []
      const inherited = json.fence === undefined ? at : Date.parse(json.fence)
      const fence = Math.min(Date.parse(json.data.exposed_at ?? json.time), at, inherited)
      return [...rows.keys()].flatMap((person) => {
        const password = world.stytch.password(Number(person.slice(1)))
        const isStolen = password?.state === 'usable' && password.setAt < fence
        const isCoveredAhead = called.some(
          (call) => call.person === person && call.at < fence && call.clock >= fence,
        )
        return isStolen && !isCoveredAhead && !deadLettered.has(`${json.id} ${person}`)
          ? [`${person} of ${json.id} still has the stolen password`]
          : []
      })
    })
}

/** Nobody is reset by what is there. */
const ELSEWHERE = ['sessions', 'rehearsed']

/**
 * When a message is deleted, everyone in it is reset since the fence according to the ledger, or on the dead-letter queue, or
 * deferred in a message, or was skipped for a valid reason.
 */
export function acknowledgedWhenDurable({ run, invocations, messages }: Trace): string[] {
  const resetAt = new Map<string, number>()
  const violations: string[] = []
  for (const [index, entry] of run.journal.entries()) {
    // The latest reset that was ever written: an older row may replace it (ADR 006).
    if (entry.what === 'row stored' && entry.kind === 'reset')
      resetAt.set(entry.person, Math.max(entry.resetAt, resetAt.get(entry.person) ?? 0))
    if (entry.what !== 'acknowledged') continue
    const invocation = invocations.get(entry.invocation)
    if (!invocation || invocation.role === 'end-sessions') continue
    const deleted = entry.messages.flatMap((id) => messages.get(id) ?? [])
    const before = invocation.sent.filter(
      (sent) => sent.index < index && !sent.copy && !ELSEWHERE.includes(sent.queue),
    )
    const missing = (message: Message) =>
      invocation.role === 'fan-out'
        ? notSentOn(message, before)
        : notSettled(message, deleted, before, invocation)
    for (const message of deleted)
      violations.push(
        ...missing(message).map((who) => `${message.message} was deleted, and ${who} is nowhere`),
      )
  }
  return violations

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

  function isSkipped(person: string, { json, rows }: Message, { calls, mode }: Invocation): boolean {
    if (mode === 'dry_run' || json?.data.mode === 'dry_run') return true
    const namesIds = rows.get(person)?.some((row) => row.member_id || row.idstried)
    return (
      !namesIds && calls.some((call) => call.person === person && call.answered?.as === '404 email_not_found')
    )
  }
}

/** fan-out decides nothing about people: every row is in a chunk or a dead letter, or the whole body is a dead letter. */
function notSentOn(message: Message, before: readonly Message[]): string[] {
  const deadLetters = before.filter(({ queue }) => queue === 'dead-letter')
  const isWhole = deadLetters.some(
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
  const bad = same.reduce((sum, message) => sum + message.bad, 0)
  return bad < message.bad ? [...missing, `${message.bad - bad} bad rows`] : missing
}

function sizeOf(json: Message['json']): number {
  return json?.data.members.length ?? 0
}

/**
 * In an invocation without a failure everyone in every message has exactly one outcome, and the log says which: it has as many
 * dead-lettered and deferred people as dead letters and messages on its own queue name, and never more outcomes than messages.
 */
export function exactlyOneOutcome({ invocations, run }: Trace): string[] {
  return [...invocations.values()].flatMap((invocation) => {
    const { role, acknowledged, failures, messages, outcomes } = invocation
    const isWhole = acknowledged && failures?.length === 0 && messages.every(({ json }) => json)
    const isNamed = outcomes.every(({ person }) => person !== undefined)
    return role !== 'fan-out' && isWhole && isNamed ? judge(invocation) : []
  })

  function judge({ invocation, role, messages, sent, outcomes }: Invocation): string[] {
    const sentTo = (queue: string) =>
      countPeople(sent.filter((message) => message.queue === queue && !message.copy))
    const [deferred, deadLettered] = [sentTo(OWN_QUEUE[role]), sentTo('dead-letter')]
    const logged = Map.groupBy(
      outcomes,
      ({ event_source, event_id, person = '' }) =>
        `${event_source} ${event_id} ${run.world.people.keyed(person)}`,
    )
    return [...countPeople(messages)].flatMap(([who, expected]) => {
      const lines = logged.get(who) ?? []
      const linesWith = (outcome: string) => lines.filter((line) => line.outcome === outcome).length
      const [on, dead] = [deferred.get(who) ?? 0, deadLettered.get(who) ?? 0]
      const isRight =
        lines.length === expected &&
        on + dead <= expected &&
        on === linesWith('deferred') &&
        dead === linesWith('dead_lettered')
      return isRight
        ? []
        : [
            `${invocation}: ${who} is in ${expected} messages, was deferred ${on} times and dead-lettered ${dead} times, and the log has ${lines.length} outcomes`,
          ]
    })
  }
}

/** How many of the messages name each person of each event. */
function countPeople(messages: readonly Message[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { json, rows } of messages) {
    for (const person of rows.keys()) {
      const who = `${json?.id} ${person}`
      counts.set(who, (counts.get(who) ?? 0) + 1)
    }
  }
  return counts
}
