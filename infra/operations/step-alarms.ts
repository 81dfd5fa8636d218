import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Thresholds } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

const MINUTE = Duration.minutes(1)
const QUARTER = Duration.minutes(15)
/** Longer than the 15 minutes that may pass between two tries of the same member, so that an alarm stays on in between. */
const BEYOND_A_RETRY = Duration.minutes(20)

/** Answers to require-reset, and outcomes of its members, that show a problem. */
export function resetAlarms(requireReset: Emitter, thresholds: Thresholds): AlarmDefinition[] {
  const { maxUnknownPercent, maxThrottledPercent, minSuccessPercent, waitingAfter } = thresholds
  return [
    ...stepAlarms('', requireReset, thresholds, {
      ConfigurationFault:
        'The Stytch key, its project or the ledger key is wrong: nobody is reset, and everyone waits.',
      UnusableAnswers:
        'Stytch answered 2xx with an unusable body, or about someone else: a reset may have happened.',
      StytchThrottling: `Stytch has throttled more than ${maxThrottledPercent} % of the calls in a quarter of an hour.`,
      StytchUnavailable:
        'Twenty calls in a row got no answer, a server error or a 429: calls are stopped, and resume later.',
      SuccessRatioLow: `Fewer than ${minSuccessPercent} % of at least 20 members in a quarter of an hour were reset or rightly skipped.`,
      DependencyUnavailable:
        'The ledger or a secret could not be reached three times in an hour: members wait.',
    }),
    {
      id: 'FewAreMembers',
      meaning: `Stytch knows nobody with more than ${maxUnknownPercent} % of at least 20 e-mails in a quarter of an hour: another project, or a list that is not ours.`,
      metric: percentage(requireReset, 'MemberUnknown', { min: 20, otherwise: 0 }),
      threshold: maxUnknownPercent,
    },
    {
      id: 'MembersWaiting',
      meaning: `A member has been retried for ${waitingAfter.toHumanString()} and is still not reset.`,
      ...waiting(requireReset, thresholds),
    },
  ]
}

/** Answers to end-sessions, and outcomes of its people, that show a problem. */
export function sessionsAlarms(endSessions: Emitter, thresholds: Thresholds): AlarmDefinition[] {
  const { maxThrottledPercent, minSuccessPercent, waitingAfter, sessionsLateAfter } = thresholds
  return [
    ...stepAlarms('EndSessions', endSessions, thresholds, {
      ConfigurationFault:
        'The Stytch key, its project or the ledger key is wrong: no sessions end, and everyone waits.',
      UnusableAnswers:
        'Stytch answered end-sessions 2xx with an unusable body: sessions may be open, and are tried again.',
      StytchThrottling: `Stytch has throttled more than ${maxThrottledPercent} % of the calls of end-sessions in a quarter of an hour.`,
      StytchUnavailable:
        'Twenty calls of end-sessions in a row got no answer, a server error or a 429: calls are stopped, and resume later.',
      SuccessRatioLow: `Fewer than ${minSuccessPercent} % of at least 20 people in a quarter of an hour had their sessions ended or were rightly skipped.`,
      DependencyUnavailable:
        'The ledger or a secret could not be reached by end-sessions three times in an hour: people wait.',
    }),
    {
      id: 'SessionsWaiting',
      meaning: `Somebody has been retried for ${waitingAfter.toHumanString()}, and their sessions may still be open.`,
      ...waiting(endSessions, thresholds),
    },
    {
      id: 'SessionsLate',
      meaning: `The sessions of somebody whose password was reset ${sessionsLateAfter.toHumanString()} ago might still be open.`,
      metric: ownMetric(endSessions, 'ResetToSessionsEndedMs', {
        statistic: 'Maximum',
        period: BEYOND_A_RETRY,
      }),
      threshold: sessionsLateAfter.toMilliseconds(),
    },
  ]
}

const RULES = {
  ConfigurationFault: (emitter: Emitter) => ({
    metric: ownMetric(emitter, 'ConfigurationFault', { period: BEYOND_A_RETRY }),
    threshold: 0,
  }),
  UnusableAnswers: (emitter: Emitter) => ({
    metric: ownMetric(emitter, 'StytchUnusable', { period: MINUTE }),
    threshold: 0,
  }),
  StytchThrottling: (emitter: Emitter, { maxThrottledPercent }: Thresholds) => ({
    metric: percentage(emitter, 'StytchThrottled', { min: 10, otherwise: 0 }),
    threshold: maxThrottledPercent,
  }),
  StytchUnavailable: (emitter: Emitter) => ({
    metric: ownMetric(emitter, 'StytchUnavailable', { period: BEYOND_A_RETRY }),
    threshold: 0,
  }),
  SuccessRatioLow: (emitter: Emitter, { minSuccessPercent }: Thresholds) => ({
    metric: percentage(emitter, 'MemberSucceeded', { min: 20, otherwise: 100 }),
    threshold: minSuccessPercent,
    below: true,
  }),
  DependencyUnavailable: (emitter: Emitter) => ({
    metric: ownMetric(emitter, 'DependencyUnavailable', { period: Duration.hours(1) }),
    threshold: 2,
  }),
} as const satisfies Record<
  string,
  (emitter: Emitter, thresholds: Thresholds) => Pick<AlarmDefinition, 'metric' | 'threshold'>
>

/** The alarms that every function has that calls Stytch. `prefix` begins the ids; the sections of the runbook are shared. */
function stepAlarms(
  prefix: '' | 'EndSessions',
  emitter: Emitter,
  thresholds: Thresholds,
  meanings: Record<keyof typeof RULES, string>,
): AlarmDefinition[] {
  return (Object.keys(RULES) as (keyof typeof RULES)[]).map((section) => ({
    id: `${prefix}${section}`,
    section,
    meaning: meanings[section],
    ...RULES[section](emitter, thresholds),
  }))
}

/** Somebody has been retried for too long. */
function waiting(
  emitter: Emitter,
  { waitingAfter }: Thresholds,
): Pick<AlarmDefinition, 'metric' | 'threshold'> {
  return {
    metric: ownMetric(emitter, 'MemberWaitingMs', { statistic: 'Maximum', period: BEYOND_A_RETRY }),
    threshold: waitingAfter.toMilliseconds(),
  }
}

/**
 * The percentage of ones in a metric that is 0 or 1, over a quarter of an hour; `otherwise` if it has fewer than `min` samples.
 * It counts its own samples, because a second metric could be missing.
 */
function percentage(
  emitter: Emitter,
  name: MetricName,
  { min, otherwise }: { min: number; otherwise: number },
): MathExpression {
  return new MathExpression({
    expression: `IF(samples >= ${min}, 100 * share, ${otherwise})`,
    usingMetrics: {
      samples: ownMetric(emitter, name, { statistic: 'SampleCount', period: QUARTER }),
      share: ownMetric(emitter, name, { statistic: 'Average', period: QUARTER }),
    },
    period: QUARTER,
    label: `${name} (%)`,
  })
}
