import { Duration } from 'aws-cdk-lib'
import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { COLORS } from './colors.ts'
import type { DashboardParts } from './dashboard-parts.ts'

const AT_ITS_WORST = { period: Duration.minutes(1), statistic: 'Maximum' }

/** What waits, for how long, and what has been given up. */
export function queuesRow({ queues: { breach, reset, deadLetter } }: DashboardParts): IWidget[][] {
  const size = { width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } }
  const waiting = (queue: Queue, name: string, color: string) => [
    queue.metricApproximateNumberOfMessagesVisible({ ...AT_ITS_WORST, label: `${name}, waiting`, color }),
    queue.metricApproximateNumberOfMessagesNotVisible({ ...AT_ITS_WORST, label: `${name}, in work` }),
  ]
  return [
    [
      new GraphWidget({
        ...{ ...size, title: 'Backlog (messages)' },
        left: [
          ...waiting(breach, 'breach queue', COLORS.first),
          ...waiting(reset, 'reset queue', COLORS.second),
          reset.metricApproximateNumberOfMessagesDelayed({
            ...{ ...AT_ITS_WORST, label: 'reset queue, tried again later', color: COLORS.waiting },
          }),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'Age of the oldest message (s)' },
        left: [
          breach.metricApproximateAgeOfOldestMessage({
            ...{ ...AT_ITS_WORST, label: 'breach queue', color: COLORS.first },
          }),
          reset.metricApproximateAgeOfOldestMessage({
            ...{ ...AT_ITS_WORST, label: 'reset queue', color: COLORS.second },
          }),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'On the dead-letter queue (messages)' },
        left: [
          deadLetter.metricApproximateNumberOfMessagesVisible({
            ...{ ...AT_ITS_WORST, label: 'dead letters', color: COLORS.bad },
          }),
        ],
      }),
    ],
  ]
}
