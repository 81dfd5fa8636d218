import { Duration } from 'aws-cdk-lib'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Queues } from '../create-queues.ts'
import type { AlarmDefinition } from './alarm-definition.ts'

const STUCK = Duration.minutes(30)
const NEAR_EXPIRY = Duration.days(10)
const HOUR = Duration.hours(1)
/** What SQS moves may have up to ten days of its fourteen behind it: the work queues' alarms go off then. */
const LEFT_ALONE = Duration.days(3)

/** What the queues can tell. SQS has no metric for a queue that has been empty and unused for hours, which is good. */
export function queueAlarms({ breach, reset, deadLetter }: Queues): AlarmDefinition[] {
  const age = (queue: Queue) =>
    queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' })
  const lettersIn = (period: Duration) =>
    deadLetter.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' })
  const nearExpiry = (id: string, queue: Queue): AlarmDefinition => ({
    id,
    section: 'NearExpiry',
    meaning: 'A message is older than 10 days: SQS deletes it after 14, and whom it names is lost.',
    metric: age(queue),
    threshold: NEAR_EXPIRY.toSeconds(),
  })
  return [
    {
      id: 'DeadLetterQueueNotEmpty',
      meaning: 'Somebody could not be reset, or a message could not be read: it waits for a human.',
      // NumberOfMessagesSent would miss what SQS itself moves here.
      metric: lettersIn(Duration.minutes(1)),
      threshold: 0,
    },
    {
      id: 'BreachQueueStuck',
      meaning: 'A breach event has waited for half an hour: fan-out does not keep up, fails, or is paused.',
      metric: age(breach),
      threshold: STUCK.toSeconds(),
    },
    {
      id: 'ResetQueueStuck',
      meaning: 'Members have waited for half an hour: require-reset does not keep up, fails, or is paused.',
      metric: age(reset),
      threshold: STUCK.toSeconds(),
    },
    nearExpiry('BreachQueueNearExpiry', breach),
    nearExpiry('ResetQueueNearExpiry', reset),
    {
      id: 'DeadLetterNearExpiry',
      section: 'NearExpiry',
      meaning: 'Dead letters have been left alone for three days: SQS deletes them, some in a few days.',
      // Not their age: SQS counts it from the move, and leaves out what was looked at three times.
      metric: lettersIn(HOUR),
      threshold: 0,
      periods: LEFT_ALONE.toHours(),
    },
  ]
}
