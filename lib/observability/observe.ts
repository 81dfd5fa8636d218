/**
 * Every metric. Names in `Ms` are durations in milliseconds, the others counts.
 * ResetToSessionsEndedMs: of a deferred person, so far.
 * StytchThrottled (per call), StytchNamedNobody (per 2xx), MemberSucceeded and, of require-reset, MemberUnknown (per person at the end) are 0 or 1:
 * their average is a ratio. MemberUnknown: Stytch knows nobody with the e-mail; not of canaries, nor of people whom a dry run or an expired
 * event does not ask about.
 */
export type MetricName =
  | 'EventsAccepted'
  | 'EventsDeadLettered'
  | 'MembersReceived'
  | 'MembersReset'
  | 'MembersSkipped'
  | 'MembersDeadLettered'
  | 'MembersDeferred'
  | 'MemberSucceeded'
  | 'MemberUnknown'
  | 'StytchCalls'
  | 'StytchAnswered2xx'
  | 'StytchNamedNobody'
  | 'StytchAnswered4xx'
  | 'StytchAnswered5xx'
  | 'StytchThrottled'
  | 'StytchUnanswered'
  | 'StytchUnusable'
  | 'StytchUnavailable'
  | 'StytchLatencyMs'
  | 'DetectionToResetMs'
  | 'SessionsEnded'
  | 'ResetToSessionsEndedMs'
  | 'StytchNamedStranger'
  | 'MemberWaitingMs'
  | 'CanaryPassed'
  | 'ConfigurationFault'
  | 'ClockAhead'
  | 'DependencyUnavailable'
  | 'RecordFailed'
  | 'ProgressLost'

/** How the functions report what they do. Nothing passed in may hold personal data or a secret. */
export type Observe = {
  outcome(line: OutcomeLine): void
  measure(name: MetricName, value: number): void
  note(
    message: string,
    fields: Record<string, string | number | boolean | Record<string, number> | undefined>,
  ): void
  failure(message: string, error: unknown): void
}

/**
 * The one log line per member outcome: everything an operator or a producer may know, and no personal data.
 * `person` is the ledger's HMAC. Before its key is known, `member` is the row's index in the event.
 */
export type OutcomeLine = {
  event_source: string
  event_id: string
  correlation_id?: string | undefined
  outcome: 'reset' | 'ended' | 'skipped' | 'dead_lettered' | 'deferred'
  code?: string | undefined
  person?: string | undefined
  member?: number | undefined
  organization_id?: string | undefined
  stytch_request_id?: string | undefined
  attempts?: number | undefined
}

/** The fields that tie a log line to an event. */
export function eventIdentity(event: {
  source: string
  id: string
  correlationid?: string | undefined
}): Pick<OutcomeLine, 'event_source' | 'event_id' | 'correlation_id'> {
  return { event_source: event.source, event_id: event.id, correlation_id: event.correlationid }
}

/** Reports that a time which a clock of ours wrote down is ahead of ours. */
export function reportClockAhead(
  observe: Pick<Observe, 'note' | 'measure'>,
  where: 'ledger row' | 'owed ledger row',
): void {
  observe.note('ahead of the clock', { where })
  observe.measure('ClockAhead', 1)
}

/** Reports that a secret or the ledger can't be used now. */
export function reportUnavailable(
  observe: Pick<Observe, 'failure' | 'measure'>,
  message: 'ledger unavailable' | 'secret or ledger unavailable',
  error: unknown,
): void {
  observe.failure(message, error)
  observe.measure('DependencyUnavailable', 1)
}
