import type { Invocation, Message, Story } from './story.ts'
import { UNSAID } from './unsaid.ts'

const SAYS_SO = /may have happened|^was reset at/

/**
 * After an unanswered or unusable call there is an uncertain row, unless the ledger could not be written; and until the person
 * is known to be reset, what is sent on of that event carries the mark, and its dead letter says that the reset may have happened.
 * (A redrive of what SQS itself moved loses it: fan-out believes no internal field.)
 */
export function doubtIsTold({ invocations, run }: Story): string[] {
  const unwritable = run.journal.some((entry) => isWrite(entry))
  return [...invocations.values()].flatMap((invocation) => {
    if (!invocation.acknowledged || invocation.role === 'fan-out') return []
    return [...namedOnce(invocation.messages)].flatMap(([person, message]) =>
      judge(invocation, person, message),
    )
  })

  function judge(
    { invocation, calls, stored, sent }: Invocation,
    person: string,
    message: Message,
  ): string[] {
    const own = stored.filter((row) => row.person === person)
    const doubtful = calls.filter(
      (call) => call.person === person && call.answered && UNSAID.includes(call.answered.as),
    )
    const isMarked = message.rows.get(person)?.some((row) => row.uncertain && !row.owed)
    if (!isMarked && doubtful.length === 0) return []
    const wrong: string[] = []
    if (doubtful.length > 0 && !unwritable && !own.some(({ kind }) => kind === 'uncertain'))
      wrong.push(`${invocation} left no uncertain row of ${person}`)
    for (const { queue, rows, attributes, message: id } of sent) {
      const row = rows.get(person)?.[0]
      const isSaid =
        queue === 'dead-letter'
          ? SAYS_SO.test(attributes['failure-detail'] ?? '')
          : row?.uncertain || row?.owed
      if (row && !isSaid) wrong.push(`${id} does not say that ${person} may have been reset`)
    }
    return wrong
  }
}

/** People whom one event of the batch names alone, with the message that does. */
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
  return 'step' in entry && String(entry.step).startsWith('write ')
}
