import type { OutcomeLine } from './outcome-line.ts'

/** Every metric there is. `Ms` ones are durations in milliseconds, the others counts. */
export type MetricName =
  | 'EventsAccepted'
  | 'EventsDeadLettered'
  | 'MembersReceived'
  | 'MembersReset'
  | 'MembersSkipped'
  | 'MembersDeadLettered'
  | 'MembersSentOn'
  | 'StytchCalls'
  | 'StytchThrottled'
  | 'StytchUnanswered'
  | 'StytchUnusable'
  | 'StytchLatencyMs'
  | 'DetectionToResetMs'
  | 'ConfigurationFault'
  | 'LedgerUnavailable'
  | 'PrepareFailed'
  | 'RecordFailed'

/** What the record functions tell the outside. Nothing passed in may hold personal data or a secret. */
export type Observe = {
  outcome(line: OutcomeLine): void
  measure(name: MetricName, value: number): void
  note(
    message: string,
    fields: Record<string, string | number | boolean | Record<string, number> | undefined>,
  ): void
  failure(message: string, error: unknown): void
}
