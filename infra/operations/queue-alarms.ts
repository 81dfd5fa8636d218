import { Duration } from 'aws-cdk-lib'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Queues } from '../queues.ts'
import type { Thresholds } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'

const NEAR_EXPIRY = Duration.days(10)
const HOUR = Duration.hours(1)
/** A message that SQS itself moves here may be ten of its fourteen days old: that is when the alarms of the work queues go on. */
const LEFT_ALONE = Duration.days(3)

/** What waits too long. SQS has no metrics of a queue that has been empty and unused for hours, which is fine. */
export function queueAlarms(
  { breach, reset, sessions, deadLetter }: Queues,
  { stuckAfter }: Thresholds,
): AlarmDefinition[] {
  const age = (queue: Queue) =>
    queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' })
  const lettersIn = (period: Duration) =>
    deadLetter.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' })
  const nearExpiry = (id: string, queue: Queue): AlarmDefinition => ({
    id,
    section: 'NearExpiry',
    meaning: 'A message is older than 10 days: SQS deletes it after 14, and the members it names are lost.',
    metric: age(queue),
    threshold: NEAR_EXPIRY.toSeconds(),
  })
  return [
    {
      id: 'DeadLetterQueueNotEmpty',
      meaning:
        'A member could not be reset or logged out, or a message could not be read: a human must decide.',
      // NumberOfMessagesSent would miss what SQS itself moves here.
      metric: lettersIn(Duration.minutes(1)),
      threshold: 0,
    },
    {
      id: 'BreachQueueStuck',
      meaning: `A breach event has waited for ${stuckAfter.toHumanString()}: fan-out does not keep up, fails, or is paused.`,
      metric: age(breach),
      threshold: stuckAfter.toSeconds(),
    },
    {
      id: 'ResetQueueStuck',
      meaning: `Members have waited for ${stuckAfter.toHumanString()}: require-reset does not keep up, fails, or is paused.`,
      metric: age(reset),
      threshold: stuckAfter.toSeconds(),
    },
    nearExpiry('BreachQueueNearExpiry', breach),
    nearExpiry('ResetQueueNearExpiry', reset),
    ...(sessions
      ? [
          {
            id: 'SessionsQueueStuck',
            meaning: `People who were reset have waited for ${stuckAfter.toHumanString()} for their sessions to end: end-sessions does not keep up, fails, or is paused.`,
            metric: age(sessions),
            threshold: stuckAfter.toSeconds(),
          },
          nearExpiry('SessionsQueueNearExpiry', sessions),
        ]
      : []),
    {
      id: 'DeadLetterNearExpiry',
      section: 'NearExpiry',
      meaning: 'Dead letters have waited for three days: SQS will delete them, some of them within days.',
      // Not their age: SQS counts it from the move, and ignores messages that were received three times.
      metric: lettersIn(HOUR),
      threshold: 0,
      periods: LEFT_ALONE.toHours(),
    },
  ]
}
