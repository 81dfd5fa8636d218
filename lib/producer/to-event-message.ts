import type { BreachEvent } from '../contract/breach-event.ts'
import { eventGroup } from '../queue/event-group.ts'
import type { OutgoingMessage } from '../queue/outgoing-message.ts'
import { toMessageBody } from '../queue/to-message-body.ts'

export type EventMessage = OutgoingMessage & { identity: { source: string; id: string; members: number } }

/** The message that carries an event. The parts of a list that was cut are one group, so that a long list does not starve others. */
export function toEventMessage(event: BreachEvent): EventMessage {
  const { source, id, data } = event
  return {
    body: toMessageBody(event),
    groupId: eventGroup({ source, id: id.replace(/\.\d+$/, '') }),
    identity: { source, id, members: data.members.length },
  }
}
