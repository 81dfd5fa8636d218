import type { LocalSystem } from '../../infra/local/local-system.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { UncheckedBreachEventSchema } from '../../lib/contract/unchecked-breach-event.ts'

/** Why a message that SQS itself moved there, after five receives, is on the dead-letter queue. */
export const NO_REASON = 'no_reason_given'

/** One message on the dead-letter queue: why it is there, and the member rows it holds (none when it is no breach event). */
export type DeadLetter = {
  messageId: string
  code: string
  detail: string
  eventId: string | undefined
  rows: readonly unknown[]
}

/** Looks at the dead-letter queue from the inside, without receiving anything; `known` message ids are left out. */
export function readDeadLetters(
  { inside, queues }: Pick<LocalSystem, 'inside' | 'queues'>,
  known: ReadonlySet<string> = new Set(),
): DeadLetter[] {
  const messages = inside.messages(queues.deadLetter.url).filter(({ messageId }) => !known.has(messageId))
  return messages.map(({ messageId, body, attributes }) => {
    const json = parseJson(body)
    const event = json.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(json.value) : undefined
    return {
      messageId,
      code: attributes['failure-code'] ?? NO_REASON,
      detail: attributes['failure-detail'] ?? '',
      eventId: event?.data?.id,
      rows: event?.data?.data.members ?? [],
    }
  })
}
