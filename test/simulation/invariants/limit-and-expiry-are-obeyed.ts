import type { Story } from './story.ts'

/** Nobody is called for an event that had expired when the invocation began, and no event above the stage's limit is split. */
export function limitAndExpiryAreObeyed({ run, invocations }: Story): string[] {
  const { maxMembersPerEvent } = run.deployment.stage
  return [...invocations.values()].flatMap(({ invocation, at, messages, calls, sent }) => {
    const called = calls.filter(({ person }) =>
      messages
        .filter(({ rows }) => rows.has(person))
        .every(({ json }) => Date.parse(json?.expirytime ?? '') < at),
    )
    const tooLarge = new Set(
      messages.flatMap(({ json, queue }) =>
        queue === 'breach' && json && json.data.members.length > maxMembersPerEvent ? [json.id] : [],
      ),
    )
    const split = sent.filter(({ queue, json }) => queue === 'reset' && json && tooLarge.has(json.id))
    return [
      ...called.map(({ person }) => `${invocation} called ${person} after the event had expired`),
      ...split.map(({ message }) => `${invocation} split an event that is over the limit into ${message}`),
    ]
  })
}
