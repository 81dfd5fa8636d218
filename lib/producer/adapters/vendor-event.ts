import { BREACH_EVENT_TYPE, type BreachEvent } from '../../contract/breach-event.ts'

/** Of the 128 characters that an id may have; the others are for whoever cuts the event and numbers the parts. */
export const LONGEST_ID = 116

/**
 * A breach event from a vendor's record. Its `source` is a constant: it names what put the event on the queue.
 * `id` comes from ids of the vendor, never from an e-mail address or its hash.
 */
export function vendorEvent(
  vendor: string,
  { id, time, data }: Pick<BreachEvent, 'id' | 'time' | 'data'>,
): BreachEvent {
  return {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: `urn:breach-reset:from:${vendor}`,
    id,
    time,
    data,
  }
}
