import type { LocalSystem } from '../../infra/local/local-system.ts'
import { SessionsEventSchema, UncheckedBreachEventSchema } from '../../lib/contract/breach-event.ts'
import { NO_REASON } from '../../lib/contract/codes.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'

/** One message on the dead-letter queue: why it is there, and the member rows it holds (none when it is not a breach event). */
export type DeadLetter = {
  messageId: string
  code: string
  detail: string
  eventId: string | undefined
  rows: readonly unknown[]
  /** It is about the sessions of somebody who was reset. */
  ofSessions: boolean
}

/** Reads the dead-letter queue from the inside, without receiving anything. Leaves out the message ids in `known`. */
export function readDeadLetters(
  { inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>,
  known: ReadonlySet<string> = new Set(),
): DeadLetter[] {
  const messages = inspector.messages(queues.deadLetter.url).filter(({ messageId }) => !known.has(messageId))
  return messages.map(({ messageId, body, attributes }) => {
    const json = parseJson(body)
    const event = json.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(json.value) : undefined
    const code = attributes['failure-code'] ?? NO_REASON
    return {
      messageId,
      code,
      detail: attributes['failure-detail'] ?? '',
      eventId: event?.data?.id,
      rows: event?.data?.data.members.map(withoutIndex) ?? [],
      ofSessions: code.startsWith('sessions_') || isOfSessionsQueue(json),
    }
  })
}

/** A row as it was sent. */
function withoutIndex(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !('row_index' in row)) return row
  const { row_index: _index, ...sent } = row
  return sent
}

/** Whether SQS moved a message of the sessions queue as it was. */
function isOfSessionsQueue(json: ReturnType<typeof parseJson>): boolean {
  return json.kind === 'parsed' && SessionsEventSchema.safeParse(json.value).success
}
