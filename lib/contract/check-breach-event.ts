import { BREACH_EVENT_TYPE } from './breach-event.ts'
import { describeIssues } from './describe-issues.ts'
import type { Rejection } from './rejection.ts'
import { type UncheckedBreachEvent, UncheckedBreachEventSchema } from './unchecked-breach-event.ts'

const CLOCK_TOLERANCE_MS = 5 * 60 * 1000

export type CheckedEvent =
  | { kind: 'event'; event: UncheckedBreachEvent }
  | { kind: 'rejected'; rejection: Rejection }

/** Checks everything about a breach event but its members. `now` in ms since the epoch. */
export function checkBreachEvent(value: unknown, now: number): CheckedEvent {
  const mismatch = refuseOtherTypes(value)
  if (mismatch) return { kind: 'rejected', rejection: mismatch }
  const parsed = UncheckedBreachEventSchema.safeParse(value)
  if (!parsed.success) {
    return { kind: 'rejected', rejection: { code: 'invalid_event', detail: describeIssues(parsed.error) } }
  }
  const ahead = fieldAhead(parsed.data, now + CLOCK_TOLERANCE_MS)
  if (ahead) {
    return {
      kind: 'rejected',
      rejection: { code: 'in_future', detail: `${ahead}: must not be more than 5 minutes ahead` },
    }
  }
  return { kind: 'event', event: parsed.data }
}

function refuseOtherTypes(value: unknown): Rejection | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { code: 'not_a_breach_event', detail: 'body: must be a JSON object' }
  }
  if ('Event' in value && value.Event === 's3:TestEvent') {
    return { code: 'not_a_breach_event', detail: 'body: is the test notification of an S3 bucket' }
  }
  if (!('specversion' in value) || !('type' in value)) {
    return { code: 'not_a_breach_event', detail: 'specversion, type: must be present (CloudEvents 1.0)' }
  }
  if (value.specversion !== '1.0') return { code: 'unsupported_type', detail: 'specversion: must be "1.0"' }
  if (value.type !== BREACH_EVENT_TYPE) {
    return { code: 'unsupported_type', detail: `type: must be "${BREACH_EVENT_TYPE}"` }
  }
  return undefined
}

function fieldAhead(event: UncheckedBreachEvent, limit: number): string | undefined {
  if (Date.parse(event.time) > limit) return 'time'
  if (event.data.exposed_at !== undefined && Date.parse(event.data.exposed_at) > limit)
    return 'data.exposed_at'
  return undefined
}
