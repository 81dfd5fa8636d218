import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { eventGroup } from '../../lib/queue/event-group.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'

/** Returns the step that puts the chunks of an event on the reset queue. Resolves to those that SQS refused for good. */
export function createForwardChunks(sendMessages: SendMessages, resetQueueUrl: string) {
  return async (event: UncheckedBreachEvent, chunks: readonly ResetEvent[]): Promise<ResetEvent[]> => {
    const groupId = eventGroup(event)
    const messages = new Map(chunks.map((chunk) => [{ body: toMessageBody(chunk), groupId }, chunk]))
    const { refused } = await sendMessages(resetQueueUrl, [...messages.keys()])
    return [...messages].filter(([message]) => refused.includes(message)).map(([, chunk]) => chunk)
  }
}
