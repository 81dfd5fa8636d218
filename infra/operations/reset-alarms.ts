import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

const MINUTE = Duration.minutes(1)
const QUARTER = Duration.minutes(15)
/** Longer than the 15 minutes that may lie between two tries of the same member, so that an alarm stays on in between. */
const BEYOND_A_DELAY = Duration.minutes(20)

/** What the answers of Stytch, and what became of the members, can tell. */
export function resetAlarms(requireReset: Emitter): AlarmDefinition[] {
  return [
    {
      id: 'ConfigurationFault',
      meaning:
        'The Stytch key, its project or the ledger key is not right: nobody is called, everybody waits.',
      metric: ownMetric(requireReset, 'ConfigurationFault', { period: BEYOND_A_DELAY }),
      threshold: 0,
    },
    {
      id: 'UnusableAnswers',
      meaning:
        'Stytch answered 200 with an unusable body, or about somebody else: a reset may have happened.',
      metric: ownMetric(requireReset, 'StytchUnusable', { period: MINUTE }),
      threshold: 0,
    },
    {
      id: 'StytchThrottling',
      meaning: 'In a quarter of an hour Stytch has refused more than 5 % of the calls for being too many.',
      metric: percentage(requireReset, 'StytchThrottled', { least: 10, otherwise: 0 }),
      threshold: 5,
    },
    {
      id: 'StytchUnavailable',
      meaning:
        "Twenty calls in a row have had no answer, a server's error or a 429: calling is stopped, and tried again later.",
      metric: ownMetric(requireReset, 'StytchUnavailable', { period: BEYOND_A_DELAY }),
      threshold: 0,
    },
    {
      id: 'MembersWaiting',
      meaning: 'Somebody has been tried for half an hour and is not reset yet.',
      metric: ownMetric(requireReset, 'MemberWaitingMs', { statistic: 'Maximum', period: BEYOND_A_DELAY }),
      threshold: Duration.minutes(30).toMilliseconds(),
    },
    {
      id: 'SuccessRatioLow',
      meaning:
        'Of 20 or more members in a quarter of an hour, fewer than 95 % were reset or rightly skipped.',
      metric: percentage(requireReset, 'MemberSucceeded', { least: 20, otherwise: 100 }),
      threshold: 95,
      below: true,
    },
    {
      id: 'DependencyUnavailable',
      meaning: 'The ledger or a secret could not be reached three times in an hour: members wait.',
      metric: ownMetric(requireReset, 'DependencyUnavailable', { period: Duration.hours(1) }),
      threshold: 2,
    },
  ]
}

/** How many percent of a metric that is 0 or 1 were 1 in a quarter of an hour. Its own number of samples decides, so that no other metric can be missing. */
function percentage(
  emitter: Emitter,
  name: MetricName,
  { least, otherwise }: { least: number; otherwise: number },
): MathExpression {
  return new MathExpression({
    expression: `IF(samples >= ${least}, 100 * share, ${otherwise})`,
    usingMetrics: {
      samples: ownMetric(emitter, name, { statistic: 'SampleCount', period: QUARTER }),
      share: ownMetric(emitter, name, { statistic: 'Average', period: QUARTER }),
    },
    period: QUARTER,
    label: `${name} (%)`,
  })
}
