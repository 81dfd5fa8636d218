import type { OutcomeLine } from './outcome-line.ts'

/** The fields by which a log line belongs to an event. */
export function eventIdentity(event: {
  source: string
  id: string
  correlationid?: string | undefined
}): Pick<OutcomeLine, 'event_source' | 'event_id' | 'correlation_id'> {
  return { event_source: event.source, event_id: event.id, correlation_id: event.correlationid }
}
