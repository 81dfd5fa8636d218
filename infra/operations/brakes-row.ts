import { Duration } from 'aws-cdk-lib'
import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { ownMetric } from './own-metric.ts'
import { COLORS, type DashboardParts, FROM_ZERO, graph, PERIOD } from './widgets.ts'

/** Is a function paused, and how near are the limits? */
export function brakesRow({ stageName, stage, queues }: DashboardParts): IWidget[][] {
  const { breach, reset, sessions } = queues
  const unread = [
    waitingUnread(breach, 'breach', COLORS.first),
    waitingUnread(reset, 'reset', COLORS.second),
    ...(sessions ? [waitingUnread(sessions, 'sessions', COLORS.third)] : []),
  ]
  const members = (period: Duration) => [
    ownMetric({ service: 'fan-out', stage: stageName }, 'MembersReceived', {
      ...{ period, label: 'received', color: COLORS.first },
    }),
    ownMetric({ service: 'require-reset', stage: stageName }, 'MembersReset', {
      ...{ period, label: 'reset', color: COLORS.good },
    }),
  ]
  const upTo = (label: string, value: number | undefined) => ({
    ...FROM_ZERO,
    ...(value !== undefined && { leftAnnotations: [{ value, label, color: COLORS.bad }] }),
  })
  return [
    [
      graph('Waiting, and nobody reads: paused? (messages)', 8, unread, FROM_ZERO),
      graph(
        'Members in 5 minutes',
        8,
        members(Duration.minutes(5)),
        upTo('alarm', stage.alarmThresholds.membersPer5Minutes),
      ),
      graph('Members in an hour', 8, members(Duration.hours(1)), upTo('limit', stage.maxMembersPerHour)),
    ],
  ]
}

/** What waits on a queue while nothing of it is in work: SQS has both metrics of every minute, Lambda none without an invocation. */
function waitingUnread(queue: Queue, name: string, color: string): MathExpression {
  const atItsMost = { period: PERIOD, statistic: 'Maximum' }
  const [waiting, inWork] = [`${name}Waiting`, `${name}InWork`]
  return new MathExpression({
    expression: `IF(${inWork} > 0, 0, ${waiting})`,
    usingMetrics: {
      [waiting]: queue.metricApproximateNumberOfMessagesVisible(atItsMost),
      [inWork]: queue.metricApproximateNumberOfMessagesNotVisible(atItsMost),
    },
    period: PERIOD,
    label: `${name} queue`,
    color,
  })
}
