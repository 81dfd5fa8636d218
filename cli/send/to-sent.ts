import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import type { EventResult } from '../../lib/producer/event-result.ts'
import { resumeToken } from './resume-token.ts'

/**
 * What became of the events of an input: how many were on the queue before, the results of the others, and the token to go on
 * with, when there is something left.
 */
export type Sent = { before: number; results: EventResult[]; resume: string | undefined }

/** Sums up a send. `before`: how many of the events an earlier one had sent. What SQS refuses is not passed over. */
export function toSent(events: readonly BreachEvent[], before: number, results: EventResult[]): Sent {
  const isLeft = results.some(({ status }) => status === 'unsent')
  if (!isLeft) return { before, results, resume: undefined }
  const passed = before + results.findIndex(({ status }) => status !== 'sent')
  return { before, results, resume: passed === 0 ? '' : resumeToken(events.slice(0, passed)) }
}
