import { setTimeout as sleep } from 'node:timers/promises'
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { type SendMessages, sendMessages } from '../lib/queue/send-messages.ts'
import { openAwsClients, readOutputs, watchClock } from './aws.ts'
import { type RedriveOptions, redriveDeadLetters } from './redrive/redrive-dead-letters.ts'
import { toReport } from './redrive/report.ts'
import {
  abortWhenInterrupted,
  defineCommand,
  type FlagValues,
  sentenceOf,
  type Terminal,
  UsageError,
} from './terminal.ts'

const USAGE = `usage: breach-reset redrive --stage NAME [--code CODE ...] [--go | --delete] [--json]
       breach-reset redrive --from DEAD_LETTER_QUEUE_URL --to BREACH_QUEUE_URL ...

Without --go or --delete it changes nothing: it counts the dead letters by reason and says what a redrive does.
  --code CODE   redrives or deletes only these reasons, as they are printed (may be repeated); needed for --delete, and for
                those that may have been reset
  --go          sends them to the breach queue again, and removes them from the dead-letter queue
  --delete      removes them for good: nobody in them will be reset
  --stack NAME  the stack, when it is not BreachReset-<stage>

  breach-reset redrive --stage prod
  breach-reset redrive --stage prod --code organization_suspended --go`

const FLAGS = {
  stage: { type: 'string' },
  stack: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  code: { type: 'string', multiple: true },
  go: { type: 'boolean', default: false },
  delete: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

/** Shows what is on the dead-letter queue, and redrives or deletes it. Exit code 0 done, 1 failed, 2 unusable arguments. */
export const redrive = defineCommand({
  name: 'redrive',
  usage: USAGE,
  flags: FLAGS,
  parse,
  run: (options, terminal) => abortWhenInterrupted((signal) => run(options, signal, terminal)),
})

type Queues = { stackName: string } | { from: string; to: string }
type Options = RedriveOptions & { queues: Queues; json: boolean }

function parse(values: FlagValues<typeof FLAGS>): Options {
  const { stage, stack = stage && `BreachReset-${stage}`, from, to, code = [], json } = values
  if (values.go && values.delete) throw new UsageError('--go and --delete: give one of them')
  if (values.delete && code.length === 0) throw new UsageError('--delete: say which with --code')
  const action = values.go ? 'redrive' : values.delete ? 'delete' : 'preview'
  const rest = { codes: new Set(code), action, json } as const
  for (const [name, url] of Object.entries({ from, to })) {
    if (url !== undefined && !URL.canParse(url)) throw new UsageError(`--${name}: must be the URL of a queue`)
  }
  if (stack && !from && !to) return { queues: { stackName: stack }, ...rest }
  if (from && to && stack === undefined) return { queues: { from, to }, ...rest }
  throw new UsageError('say which queues: --stage NAME, or --from URL and --to URL')
}

const DRY_RUN =
  'the stage is a dry run: redriven dead letters would be used up and nobody reset. Set mode to enforce and deploy first'

async function run(
  { queues, codes, action, json }: Options,
  signal: AbortSignal,
  { stdout, stderr }: Terminal,
): Promise<number> {
  try {
    const { cloudFormation, sqs } = openAwsClients()
    const { from, to, mode } = await findQueues(queues, cloudFormation)
    if (action === 'redrive' && mode === 'dry_run') throw new Error(DRY_RUN)
    const deps = { sqs, sleep, signal, awsNow: watchClock(sqs) }
    const send: SendMessages = (queueUrl, messages) =>
      sendMessages({ sqs, sleep, random: Math.random }, queueUrl, messages)
    const redriven = await redriveDeadLetters(
      { from, to },
      { action, codes },
      { ...deps, sendMessages: send },
    )
    const text = json ? JSON.stringify({ action, ...redriven }, undefined, 2) : toReport(redriven, action)
    stdout.write(`${text}\n`)
    if (redriven.failure !== undefined) throw new Error(redriven.failure)
    return 0
  } catch (error) {
    stderr.write(`${sentenceOf(error)}\n`)
    return 1
  }
}

/** Finds the queues, and the stage's mode, by the outputs of a stack, unless the queues' URLs are given. */
async function findQueues(
  queues: Queues,
  cloudFormation: CloudFormationClient,
): Promise<{ from: string; to: string; mode: string | undefined }> {
  if ('from' in queues) return { ...queues, mode: undefined }
  const names = ['DeadLetterQueueUrl', 'BreachQueueUrl', 'Mode'] as const
  const outputs = await readOutputs(cloudFormation, queues.stackName, names)
  return { from: outputs.DeadLetterQueueUrl, to: outputs.BreachQueueUrl, mode: outputs.Mode }
}
