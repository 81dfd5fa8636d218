/**
 * How the sending of an event ended. `refused`: SQS will never take it. `unsent`: send it again; if its request got no answer, it may
 * be on the queue all the same, which harms nobody.
 */
export type EventEnd =
  | { status: 'sent'; messageId: string }
  | { status: 'refused' | 'unsent'; reason: string }

/** `members`: how many rows the event has. */
export type EventResult = { source: string; id: string; members: number } & EventEnd
