import type { Invocation, Message, Story } from './story.ts'

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
