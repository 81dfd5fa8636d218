import { ruleOf } from './rule-of.ts'
import type { Story } from './story.ts'

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
