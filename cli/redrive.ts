import { setTimeout as sleep } from 'node:timers/promises'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createSendMessages } from '../lib/queue/send-messages.ts'
import { explainErrors } from './deployed/explain-errors.ts'
import { readOutputs } from './deployed/read-outputs.ts'
import { parseRedriveOptions, REDRIVE_USAGE, type RedriveOptions } from './redrive/parse-redrive-options.ts'
import { redriveLetters } from './redrive/redrive-letters.ts'
import { toTable } from './redrive/to-table.ts'

/** Shows what is on the dead-letter queue, and redrives or deletes it. Returns the exit code: 0 done, 1 failed, 2 unusable arguments. */
export async function redrive(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${REDRIVE_USAGE}\n`)
    return 0
  }
  const options = parseRedriveOptions(args)
  if ('wrong' in options) {
    process.stderr.write(`${options.wrong}\n${REDRIVE_USAGE}\n`)
    return 2
  }
  try {
    return await run(options)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
    return 1
  }
}

async function run(options: RedriveOptions): Promise<number> {
  const { action, json } = options
  const queues = 'stackName' in options.queues ? await findQueues(options.queues.stackName) : options.queues
  const sqs = explainErrors(new SQSClient(), 'sqs')
  const sendMessages = createSendMessages({ sqs, sleep, random: Math.random })
  const { reasons, more } = await redriveLetters(queues, options, { sqs, sendMessages, now: Date.now() })
  const print = (text: string) => process.stdout.write(`${text}\n`)
  print(json ? JSON.stringify({ action, reasons, more }, undefined, 2) : toTable(reasons, action))
  if (more && !json) print('There are more: run it again.')
  return 0
}

async function findQueues(stackName: string): Promise<{ from: string; to: string }> {
  const cloudFormation = explainErrors(new CloudFormationClient(), 'cloudformation')
  const names = ['DeadLetterQueueUrl', 'BreachQueueUrl'] as const
  const outputs = await readOutputs(cloudFormation, stackName, names)
  return { from: outputs.DeadLetterQueueUrl, to: outputs.BreachQueueUrl }
}
