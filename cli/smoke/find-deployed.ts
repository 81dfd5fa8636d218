import type { AwsClients } from '../deployed/open-aws-clients.ts'
import { readOutputs } from '../deployed/read-outputs.ts'
import { filterLogLines } from './filter-log-lines.ts'
import type { Way } from './way.ts'

const OUTPUTS = [
  'BreachQueueUrl',
  'ResetQueueUrl',
  'DeadLetterQueueUrl',
  'FanOutLogGroup',
  'RequireResetLogGroup',
] as const
/** Each look reads two log groups; an account may call FilterLogEvents five times a second in most regions. */
const LOOK_EVERY_MS = 2000
/** How far this machine's clock may be ahead of AWS's: above 5 minutes the event itself is refused, and the log must show that. */
const CLOCK_AHEAD_MS = 6 * 60_000

/** Finds a deployed stack's queues and log groups by its outputs. Throws a sentence when it is not there or lacks some. */
export async function findDeployed(
  stackName: string,
  { cloudFormation, logs, sqs }: AwsClients,
): Promise<Way> {
  const outputs = await readOutputs(cloudFormation, stackName, OUTPUTS)
  const logGroups = [outputs.FanOutLogGroup, outputs.RequireResetLogGroup]
  return {
    sqs,
    queueUrls: {
      breach: outputs.BreachQueueUrl,
      reset: outputs.ResetQueueUrl,
      deadLetter: outputs.DeadLetterQueueUrl,
    },
    readLines: async (eventId, since) => {
      const search = { eventId, since: since - CLOCK_AHEAD_MS }
      return (await Promise.all(logGroups.map((group) => filterLogLines(logs, group, search)))).flat()
    },
    lookEveryMs: LOOK_EVERY_MS,
  }
}
