import type { OutcomeLine } from './outcome-line.ts'

/**
 * Every metric there is. `Ms` ones are durations in milliseconds, the others counts.
 * StytchThrottled (per call) and MemberSucceeded (per person at the end) are 0 or 1: their average is a ratio.
 */
export type MetricName =
  | 'EventsAccepted'
  | 'EventsDeadLettered'
  | 'MembersReceived'
  | 'MembersReset'
  | 'MembersSkipped'
  | 'MembersDeadLettered'
  | 'MembersSentOn'
  | 'MemberSucceeded'
  | 'StytchCalls'
  | 'StytchAnswered2xx'
  | 'StytchAnswered4xx'
  | 'StytchAnswered5xx'
  | 'StytchThrottled'
  | 'StytchUnanswered'
  | 'StytchUnusable'
  | 'StytchUnavailable'
  | 'StytchLatencyMs'
  | 'DetectionToResetMs'
  | 'MemberWaitingMs'
  | 'CanaryPassed'
  | 'ConfigurationFault'
  | 'DependencyUnavailable'
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
