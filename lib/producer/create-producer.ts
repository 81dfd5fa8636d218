import { setTimeout as sleep } from 'node:timers/promises'
import { BREACH_EVENT_TYPE, type BreachEvent, MAX_MEMBERS } from '../contract/breach-event.ts'
import type { Sqs } from '../queue/send-messages.ts'
import { type Prepared, prepareEvent } from './prepare-event.ts'
import { type EventResult, type SendOptions, sendEvents } from './send-events.ts'

export type { BreachEvent } from '../contract/breach-event.ts'
export type { Problem } from './check-event.ts'
export type { Prepared } from './prepare-event.ts'
export type { EventResult, SendOptions } from './send-events.ts'

/** A breach event with any number of members, and without the two fields that are always the same. */
export type EventDraft = Omit<BreachEvent, 'specversion' | 'type' | 'fence' | 'resetrun'>

/**
 * What a program needs to put breach events on the queue. `sqs`: an SQSClient. `maxMembersPerEvent`: the stage's limit, 1,000
 * unless given; an event above it resets nobody. `prepare` checks an event and cuts a long list; `send` reports for each event
 * whether it is on the queue. Throws a RangeError when the limit is not a whole number from 1 to 10,000.
 */
export function createProducer(options: { sqs: Sqs; queueUrl: string; maxMembersPerEvent?: number }) {
  const { sqs, queueUrl, maxMembersPerEvent = 1000 } = options
  if (!Number.isInteger(maxMembersPerEvent) || maxMembersPerEvent < 1 || maxMembersPerEvent > MAX_MEMBERS)
    throw new RangeError(`maxMembersPerEvent: must be a whole number from 1 to ${MAX_MEMBERS}`)
  return {
    prepare: (draft: EventDraft): Prepared =>
      prepareEvent(
        { specversion: '1.0', type: BREACH_EVENT_TYPE, ...draft },
        { maxMembersPerEvent, now: Date.now() },
      ),
    send: (events: readonly BreachEvent[], options?: SendOptions): Promise<EventResult[]> =>
      sendEvents({ sqs, queueUrl, sleep, random: Math.random }, events, options),
  }
}
