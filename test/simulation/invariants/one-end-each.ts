import type { Invocation, Message, Story } from './story.ts'

/**
 * In an invocation without a failure everybody of every message has exactly one end, and the log says which:
 * as many letters and people sent on as it tells of, and never more ends than messages.
 */
export function oneEndEach({ invocations, run }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) => {
    const { role, acknowledged, failures, messages, outcomes } = invocation
    const isWhole = acknowledged && failures?.length === 0 && messages.every(({ json }) => json)
    const isNamed = outcomes.every(({ person }) => person !== undefined)
    return role === 'require-reset' && isWhole && isNamed ? judge(invocation) : []
  })

  function judge({ invocation, messages, sent, outcomes }: Invocation): string[] {
    const sentTo = (queue: string) =>
      countPeople(sent.filter((message) => message.queue === queue && !message.copy))
    const [sentOn, lettered] = [sentTo('reset'), sentTo('dead-letter')]
    const told = Map.groupBy(
      outcomes,
      ({ event_source, event_id, person = '' }) =>
        `${event_source} ${event_id} ${run.world.people.keyed(person)}`,
    )
    return [...countPeople(messages)].flatMap(([who, expected]) => {
      const lines = told.get(who) ?? []
      const saying = (outcome: string) => lines.filter((line) => line.outcome === outcome).length
      const [on, dead] = [sentOn.get(who) ?? 0, lettered.get(who) ?? 0]
      const isRight =
        lines.length === expected &&
        on + dead <= expected &&
        on === saying('sent_on') &&
        dead === saying('dead_lettered')
      return isRight
        ? []
        : [
            `${invocation}: ${who} is in ${expected} messages, was sent on ${on} times and dead-lettered ${dead} times, and the log has ${lines.length} ends`,
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
