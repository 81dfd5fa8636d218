import { Duration } from 'aws-cdk-lib'
import {
  GraphWidget,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { COLORS } from './colors.ts'
import type { DashboardParts } from './dashboard-parts.ts'
import { ownMetric } from './own-metric.ts'

/** What became of the members, in numbers, over time, and by code. */
export function membersRow({ stageName, functions }: DashboardParts): IWidget[][] {
  const period = Duration.minutes(1)
  const fanOut = { service: 'fan-out', stage: stageName } as const
  const requireReset = { service: 'require-reset', stage: stageName } as const
  const ends = [
    ownMetric(requireReset, 'MembersReset', { period, label: 'reset', color: COLORS.good }),
    ownMetric(requireReset, 'MembersSkipped', { period, label: 'skipped', color: COLORS.neutral }),
    ownMetric(fanOut, 'MembersSkipped', { period, label: 'duplicate rows', color: COLORS.neutral }),
    ownMetric(requireReset, 'MembersDeadLettered', { period, label: 'dead-lettered', color: COLORS.bad }),
    ownMetric(fanOut, 'MembersDeadLettered', {
      ...{ period, label: 'dead-lettered by fan-out', color: COLORS.bad },
    }),
    ownMetric(requireReset, 'MembersSentOn', {
      ...{ period, label: 'sent on, tried again later', color: COLORS.waiting },
    }),
  ]
  const received = ownMetric(fanOut, 'MembersReceived', { period, label: 'received', color: COLORS.first })
  return [
    [
      new SingleValueWidget({
        ...{ title: 'Members', width: 24, height: 3, metrics: [received, ...ends] },
        setPeriodToTimeRange: true,
      }),
    ],
    [
      new GraphWidget({ title: 'Members per minute', width: 12, height: 7, left: ends, stacked: true }),
      new LogQueryWidget({
        ...{ title: 'By outcome and code', width: 12, height: 7 },
        view: LogQueryVisualizationType.TABLE,
        logGroupNames: [functions.fanOut, functions.requireReset].map(
          ({ logGroup }) => logGroup.logGroupName,
        ),
        queryLines: [
          'filter message in ["member outcome", "event dead-lettered"]',
          'stats count(*) as lines by message, outcome, code',
          'sort lines desc',
          'limit 50',
        ],
      }),
    ],
  ]
}
