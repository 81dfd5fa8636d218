import { MAX_MESSAGE_BYTES, messageSize } from './message-size.ts'
import type { OutgoingMessage } from './outgoing-message.ts'

const MOST_ENTRIES = 10

/** Packs messages into batches of at most 10 entries and 1 MiB in all, in order. No message may be over 1 MiB itself. */
export function packBatches<Message extends OutgoingMessage>(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = messageSize(message)
    const last = batches.at(-1)
    if (last && last.length < MOST_ENTRIES && bytes + size <= MAX_MESSAGE_BYTES) {
      last.push(message)
      bytes += size
    } else {
      batches.push([message])
      bytes = size
    }
  }
  return batches
}
