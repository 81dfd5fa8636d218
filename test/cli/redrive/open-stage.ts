import { onTestFinished } from 'vitest'
import { runCommand } from '../run-command.ts'
import { startFakeAws } from '../start-fake-aws.ts'
import { FUNCTION, openQueues, redrive } from './open-queues.ts'

/** The queues of a stage that CloudFormation knows as `BreachReset-prod`, and a command that is run for it. */
export async function openStage(outputs: Record<string, string> = {}) {
  const open = await openQueues()
  const rehearsed = await open.queue()
  const stack = {
    ...{ Mode: 'enforce', FunctionRoleIds: `AROAANOTHER0000000000,${FUNCTION}` },
    ...{ BreachQueueUrl: open.breach.url, BreachQueueArn: open.breach.arn },
    ...{ DeadLetterQueueUrl: open.dead.url, RehearsedQueueUrl: rehearsed.url },
    ...outputs,
  }
  const aws = await startFakeAws({ stacks: { 'BreachReset-prod': stack }, lines: [], denied: new Map() })
  onTestFinished(async () => void (await aws.stop()))
  const environment = { ...open.environment, AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url }
  const type = (...args: string[]) => runCommand(redrive, ['--stage', 'prod', ...args], { environment })
  const typeJson = async (...args: string[]) => JSON.parse((await type(...args, '--json')).stdout)
  return { ...open, rehearsed, environment, type, typeJson }
}
