import type { SQSClient } from '@aws-sdk/client-sqs'
import { openAwsClients } from '../deployed/open-aws-clients.ts'
import { readOutputs } from '../deployed/read-outputs.ts'
import type { SendTarget } from './parse-send-options.ts'

/** A breach queue, and a client that reaches it. */
export type Queue = { sqs: SQSClient; queueUrl: string }

/**
 * Opens the way to a breach queue, by the outputs of a stack or by its URL. `isDryRun`: whether the stage resets nobody, when the stack
 * tells it. Rejects with a sentence.
 */
export async function openTarget(
  target: Exclude<SendTarget, string>,
): Promise<Queue & { isDryRun: boolean }> {
  if ('queueUrl' in target) {
    const region = /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com/.exec(target.queueUrl)?.[1]
    const { sqs } = openAwsClients(region === undefined ? {} : { region })
    return { sqs, queueUrl: target.queueUrl, isDryRun: false }
  }
  const { cloudFormation, sqs } = openAwsClients()
  const outputs = await readOutputs(cloudFormation, target.stackName, ['BreachQueueUrl', 'Mode'])
  return { sqs, queueUrl: outputs.BreachQueueUrl, isDryRun: outputs.Mode === 'dry_run' }
}
