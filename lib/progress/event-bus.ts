import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { OutcomeEvent } from '../contract/outcome-event.ts'

/** How rules match the source of outcome events. */
export const EVENTBRIDGE_SOURCE = 'breach-reset'

/** Puts outcome events on an event bus, given by its name or ARN. Rejects when EventBridge does not take all of them. */
export async function sendToBus(
  { eventBridge, eventBus }: { eventBridge: EventBridgeClient; eventBus: string },
  events: readonly OutcomeEvent[],
): Promise<void> {
  const { FailedEntryCount = 0 } = await eventBridge.send(
    new PutEventsCommand({
      Entries: events.map((event) => ({
        EventBusName: eventBus,
        Source: EVENTBRIDGE_SOURCE,
        DetailType: event.type,
        Time: new Date(event.time),
        Detail: JSON.stringify(event),
      })),
    }),
  )
  if (FailedEntryCount > 0) throw new Error('EventBridge did not take every event')
}
