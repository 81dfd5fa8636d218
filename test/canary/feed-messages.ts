import { WHOLE_EVENT_CODES } from '../fixtures/whole-event-codes.ts'
import type { Sinks } from './create-sinks.ts'

const VERBATIM = new Set([
  ...['empty_body', 'not_json', 'nested_too_deep', 'too_many_envelopes', 'not_a_breach_event'],
  ...['unsupported_type', 'invalid_event', 'in_future', 'invalid_member'],
  ...WHOLE_EVENT_CODES,
])

type Message = { body: string; attributes?: Record<string, string>; groupId?: string | undefined }

/** Adds the messages of a queue: the body apart from everything else. What SQS moved itself, without a reason, is verbatim. */
export function feedMessages(
  sinks: Sinks,
  queue: 'reset' | 'dead-letter',
  messages: readonly Message[],
): void {
  for (const { body, ...rest } of messages) {
    sinks.add(`${queue} queue, all but the body`, rest)
    if (queue === 'reset') sinks.add('reset queue, body', body)
    else {
      const { 'failure-code': code } = rest.attributes ?? {}
      const isVerbatim = code === undefined || VERBATIM.has(code)
      sinks.add(`dead-letter queue, ${isVerbatim ? 'verbatim body' : 'body of a member'}`, body)
    }
  }
}
