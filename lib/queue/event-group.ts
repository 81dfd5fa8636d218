import { createHash } from 'node:crypto'

/** The MessageGroupId of an event's messages: SQS then keeps one giant breach from starving the next small one (fair queues). */
export function eventGroup(event: { source: string; id: string }): string {
  return createHash('sha256').update(`${event.source}\n${event.id}`).digest('hex')
}
