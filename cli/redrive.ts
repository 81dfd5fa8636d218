import { setTimeout as sleep } from 'node:timers/promises'
import { type SendMessages, sendMessages as sendTo } from '../lib/queue/send-messages.ts'
import { openAwsClients, watchClock } from './aws.ts'
import { confirmCount } from './confirm.ts'
import { columnsOf } from './lines.ts'
import type { DeadLetter } from './redrive/dead-letter.ts'
import { FLAGS, type Options, parseOptions } from './redrive/options.ts'
import { findStage, type StageFacts } from './redrive/queues.ts'
import { type RedriveEnvironment, type Redriven, redriveDeadLetters } from './redrive/redrive-dead-letters.ts'
import { reportLines, restLines, toJson } from './redrive/report.ts'
import { type Shown, shownLines, toShown } from './redrive/show.ts'
import { membersOf, planLines, planSplit, sendSplit } from './redrive/split.ts'
import { toWork } from './redrive/work.ts'
import { abortWhenInterrupted, defineCommand, sentenceOf, type Terminal, UsageError } from './terminal.ts'

const USAGE = `usage: breach-reset redrive --stage NAME [which] [what to do] [--json]

Says what is on the dead-letter queue, by reason, and what a redrive of it does.
It changes nothing unless it is told to.

which letters: all, or those to which all of this applies
  --code CODE        of this reason, as it is printed (may be repeated)
  --event ID         of this event
  --source SOURCE    of this source
  --older-than AGE   sent longer ago than 30m, 12h, 3d
  --newer-than AGE   sent within the last 30m, 12h, 3d
  --limit N          the first N that are found

what to do
  --show             lists them, with masked addresses; --reveal shows these
  --go               sends them to the breach queue again. Those that may have
                     been reset only if --code names them
  --delete           removes them for good: nobody in them will be reset
  --split            sends events over the limit in pieces, after a preview that
                     you confirm with the number of members (--confirm N)

where from
  --rehearsed        events that a dry run kept instead, of the last 24 hours
  --stack NAME       the stack, when it is not BreachReset-<stage>
  --from URL --to URL [--functions ROLE_ID,...]
                     two queues without a stack, and whom to believe

exit code 0 done, 1 failed, 2 unusable arguments or nothing chosen

  breach-reset redrive --stage prod --code organization_suspended --go
  breach-reset redrive --stage prod --event harvest-41234 --split`

/** Shows what is on the dead-letter queue, and redrives, splits or deletes it. Exit code 0 done, 1 failed, 2 unusable arguments or nothing chosen. */
export const redrive = defineCommand({
  name: 'redrive',
  usage: USAGE,
  flags: FLAGS,
  parse: parseOptions,
  run: (options, terminal) => abortWhenInterrupted((signal) => run(options, signal, terminal)),
})

const DRY_RUN =
  'the stage is a dry run: what is redriven would be used up and nobody reset. Set mode to enforce and deploy first'

async function run(options: Options, signal: AbortSignal, terminal: Terminal): Promise<number> {
  const { action, isRehearsed, target } = options
  try {
    const { cloudFormation, sqs } = openAwsClients()
    const stage = await findStage(target, isRehearsed, cloudFormation)
    if (stage.mode === 'dry_run' && (action === 'redrive' || action === 'split')) throw new Error(DRY_RUN)
    if (stage.functions.size === 0) terminal.stderr.write(`${NOBODY_BELIEVED}\n`)
    const sendMessages: SendMessages = (queueUrl, messages) =>
      sendTo({ sqs, sleep, random: Math.random }, queueUrl, messages)
    const environment = { sqs, sleep, signal, awsNow: watchClock(sqs), sendMessages }
    const does = action === 'split' ? runSplit : runOthers
    return await does(environment, options, stage, terminal)
  } catch (error) {
    if (error instanceof UsageError && !signal.aborted) throw error
    terminal.stderr.write(`${sentenceOf(error)}\n`)
    return 1
  }
}

const NOBODY_BELIEVED =
  'no reason is believed: it is not known which roles our functions have (--functions, or the output FunctionRoleIds of the stack)'

type Environment = RedriveEnvironment & { sendMessages: SendMessages }

async function runOthers(
  environment: Environment,
  options: Options,
  stage: StageFacts,
  { stdout }: Terminal,
): Promise<number> {
  const { action, reveal, json } = options
  const shown: Shown[] = []
  const onLook = (letter: DeadLetter) => void shown.push(toShown(letter, environment.awsNow(), reveal, stage))
  const work = { ...toWork(options, stage, environment), ...(action === 'show' && { onLook }) }
  const redriven = await redriveDeadLetters(environment, stage.from, work)
  const report = { ...options, ...stage }
  const inWords = () => [
    ...reportLines(redriven, report),
    ...shown.flatMap((letter) => shownLines(letter, columnsOf(stdout))),
  ]
  const fields = { ...toJson(redriven, report), ...(action === 'show' && { letters: shown }) }
  write(json ? fields : inWords(), stdout)
  finish(redriven, options)
  return 0
}

async function runSplit(
  environment: Environment,
  options: Options,
  stage: StageFacts,
  terminal: Terminal,
): Promise<number> {
  const { json, confirm: given } = options
  const { stdout, stderr } = terminal
  const work = toWork(options, stage, environment)
  const { plans, looked } = await planSplit(environment, stage, work)
  const preview = [...planLines(plans, stage, columnsOf(stdout)), ...restLines(looked, false)]
  write(preview, json ? stderr : stdout)
  finish(looked, { ...options, isTyped: true })
  const approved = plans.filter(({ events }) => events > 0)
  const members = membersOf(approved)
  if (members === 0) throw new UsageError('nothing was done: none of them can be split')
  const { signal } = environment
  await confirmCount({ count: members, what: 'members to send', given, signal }, terminal)
  const sent = await sendSplit(environment, stage, approved, work)
  const letters = sent.groups.reduce((sum, { taken }) => sum + taken, 0)
  const summary = [`${letters} of ${approved.length} sent in pieces, and removed from the dead-letter queue`]
  write(json ? { ...toJson(sent, { ...options, ...stage }), letters: plans } : summary, stdout)
  if (sent.failure !== undefined) throw new Error(sent.failure)
  return letters === approved.length ? 0 : 1
}

function write(output: readonly string[] | object, stream: Terminal['stdout']): void {
  const text = Array.isArray(output) ? output.join('\n') : JSON.stringify(output, undefined, 2)
  if (text !== '') stream.write(`${text}\n`)
}

/** Throws why the letters were not all looked at, or that what was typed chooses nothing. */
function finish({ groups, others, more, failure }: Redriven, { choice, isTyped }: Options): void {
  if (failure !== undefined) throw new Error(failure)
  if (more) return
  const there = new Set([...groups, ...others].map(({ name }) => name))
  const unknown = [...choice.codes].filter((code) => !there.has(code))
  if (unknown.length > 0) throw new UsageError(`--code: there is no letter with ${unknown.join(', ')}`)
  if (isTyped && groups.length === 0) throw new UsageError('nothing was chosen')
}
