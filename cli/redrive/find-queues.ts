import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { readOutputs } from '../deployed/read-outputs.ts'
import type { RedriveOptions } from './parse-redrive-options.ts'

/** From which queue to which, and the stage's mode when the stack tells it. */
type RedriveWay = { from: string; to: string; mode: string | undefined }

/** Finds the queues by the outputs of a stack, unless their URLs are given. */
export async function findQueues(
  queues: RedriveOptions['queues'],
  cloudFormation: CloudFormationClient,
): Promise<RedriveWay> {
  if ('from' in queues) return { ...queues, mode: undefined }
  const names = ['DeadLetterQueueUrl', 'BreachQueueUrl', 'Mode'] as const
  const outputs = await readOutputs(cloudFormation, queues.stackName, names)
  return { from: outputs.DeadLetterQueueUrl, to: outputs.BreachQueueUrl, mode: outputs.Mode }
}
