import { setTimeout as sleep } from 'node:timers/promises'
import { type SendMessages, sendMessages } from '../lib/queue/send-messages.ts'
import { openAwsClients, watchClock } from './aws.ts'
import { findQueues, redriveLetters, toReport } from './redrive/letters.ts'
import { parseRedriveOptions, REDRIVE_USAGE, type RedriveOptions } from './redrive/parse-redrive-options.ts'
import { refuse, sentenceOf, untilInterrupted } from './terminal.ts'

const DRY_RUN =
  'the stage is a dry run: redriven letters would be used up and nobody reset. Set mode to enforce and deploy first'

/** Shows what is on the dead-letter queue, and redrives or deletes it. Returns the exit code: 0 done, 1 failed, 2 unusable arguments. */
export async function redrive(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${REDRIVE_USAGE}\n`)
    return 0
  }
  const options = parseRedriveOptions(args)
  if ('wrong' in options) return refuse(`${options.wrong}\n${REDRIVE_USAGE}`)
  const stopping = new AbortController()
  const working = run(options, stopping.signal)
  return untilInterrupted(
    async () => {
      stopping.abort()
      await working
    },
    () => working,
  )
}

async function run(options: RedriveOptions, signal: AbortSignal): Promise<number> {
  try {
    const { cloudFormation, sqs } = openAwsClients()
    const way = await findQueues(options.queues, cloudFormation)
    if (options.action === 'redrive' && way.mode === 'dry_run') throw new Error(DRY_RUN)
    const deps = { sqs, sleep, signal, awsNow: watchClock(sqs) }
    const send: SendMessages = (queueUrl, messages) =>
      sendMessages({ sqs, sleep, random: Math.random }, queueUrl, messages)
    const redriven = await redriveLetters(way, options, { ...deps, sendMessages: send })
    const { action } = options
    const text = options.json
      ? JSON.stringify({ action, ...redriven }, undefined, 2)
      : toReport(redriven, action)
    process.stdout.write(`${text}\n`)
    if (redriven.failure !== undefined) throw new Error(redriven.failure)
    return 0
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    return 1
  }
}
