import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { readOutputs } from '../aws.ts'

/** Which queues are meant: those of a stack, or two by their URLs, with the role ids of the functions that are believed. */
export type Target = { stackName: string } | { from: string; to: string; functions: ReadonlySet<string> }

/**
 * What a redrive needs to know of a stage, as far as it is known. `functions`: the role ids of those whose letters are believed. `queueArns`:
 * those queues of the stage from which SQS moves messages to the dead-letter queue.
 */
export type Stage = {
  from: string
  to: string
  mode?: string
  functions: ReadonlySet<string>
  queueArns?: ReadonlySet<string>
} & Limits

/** Limits and rate of members. */
export type Limits = { perEvent?: number; perHour?: number; perSecond?: number }

const QUEUE_ARNS = ['BreachQueueArn', 'ResetQueueArn', 'SessionsQueueArn'] as const
const LIMITS = {
  perEvent: 'MaxMembersPerEvent',
  perHour: 'MaxMembersPerHour',
  perSecond: 'StytchRequestsPerSecond',
} as const

/** Finds what is known of a stage by the outputs of its stack, unless the queues' URLs are given. */
export async function findStage(
  target: Target,
  isRehearsed: boolean,
  cloudFormation: CloudFormationClient,
): Promise<Stage> {
  if ('from' in target) return target
  const from = isRehearsed ? 'RehearsedQueueUrl' : 'DeadLetterQueueUrl'
  const outputs = await readOutputs(
    cloudFormation,
    target.stackName,
    [from, 'BreachQueueUrl', 'Mode'],
    ['FunctionRoleIds', ...QUEUE_ARNS, ...Object.values(LIMITS)],
  )
  const limits = Object.entries(LIMITS).flatMap(([name, output]) =>
    outputs[output] ? [[name, Number(outputs[output])]] : [],
  )
  return {
    ...{ from: outputs[from], to: outputs.BreachQueueUrl, mode: outputs.Mode },
    functions: new Set(outputs.FunctionRoleIds?.split(',')),
    queueArns: new Set(QUEUE_ARNS.flatMap((name) => outputs[name] ?? [])),
    ...Object.fromEntries(limits),
  }
}
