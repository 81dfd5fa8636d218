import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '../../lib/observability/observe.ts'
import { ownMetric } from './own-metric.ts'
import {
  COLORS,
  type DashboardParts,
  FROM_ZERO,
  graph,
  inSeconds,
  PERIOD,
  percentiles,
  problemAnswers,
} from './widgets.ts'

/** How soon after the resets sessions end, and how Stytch answers end-sessions. Empty in a stage without it. */
export function sessionsRow({ stageName, stage, queues, functions }: DashboardParts): IWidget[][] {
  if (!queues.sessions || !functions.endSessions) return []
  const endSessions = { service: 'end-sessions', stage: stageName } as const
  const count = (name: MetricName, label: string, color: string) =>
    ownMetric(endSessions, name, { period: PERIOD, label, color })
  const people = [
    count('SessionsEnded', 'ended', COLORS.good),
    count('MembersSkipped', 'skipped', COLORS.neutral),
    count('MembersDeadLettered', 'dead-lettered', COLORS.bad),
    count('MembersDeferred', 'deferred', COLORS.waiting),
  ]
  const answers = [
    count('StytchAnswered2xx', '2xx', COLORS.good),
    ...problemAnswers(endSessions),
    count('StytchNamedStranger', 'members nobody asked for', COLORS.first),
  ]
  const { sessionsLateAfter } = stage.alarmThresholds
  const late = { value: sessionsLateAfter.toSeconds(), label: 'late', color: COLORS.bad }
  const age = queues.sessions.metricApproximateAgeOfOldestMessage({
    ...{ period: PERIOD, statistic: 'Maximum', label: 'sessions queue', color: COLORS.third },
  })
  return [
    [
      graph('Sessions (people per minute)', 6, people, { stacked: true }),
      graph(
        'Reset to sessions ended (s)',
        6,
        percentiles(endSessions, 'ResetToSessionsEndedMs').map(inSeconds),
        {
          ...FROM_ZERO,
          leftAnnotations: [late],
        },
      ),
      graph('Answers of Stytch to end-sessions per minute', 6, answers, { stacked: true }),
      graph('Oldest message on the sessions queue (s)', 6, [age], FROM_ZERO),
    ],
  ]
}
