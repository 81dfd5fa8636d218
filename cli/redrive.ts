import { setTimeout as sleep } from 'node:timers/promises'
import { type SendMessages, sendMessages as sendTo } from '../lib/queue/send-messages.ts'
import { openAwsClients, watchClock } from './aws.ts'
import { type Command, defineCommand } from './command.ts'
import { confirmCount } from './confirm.ts'
import { count } from './input/input.ts'
import { columnsOf, say, wrap } from './lines.ts'
import { toWork } from './redrive/choice.ts'
import type { DeadLetter } from './redrive/dead-letter.ts'
import { type Action, FLAGS, type Options, parseOptions } from './redrive/options.ts'
import { type RedriveEnvironment, type Redriven, redriveDeadLetters } from './redrive/redrive-dead-letters.ts'
import { paceOf, reportLines, toJson } from './redrive/report.ts'
import { type Shown, shownLines, toShown } from './redrive/show.ts'
import { splitLetter, toSplitWork } from './redrive/split.ts'
import { findStage, type Stage } from './redrive/stage.ts'
import { abortWhenInterrupted, INTERRUPTED_CODES, sentenceOf, type Terminal, UsageError } from './terminal.ts'

type Sleep = RedriveEnvironment['sleep']

/** Shows what is on the dead-letter queue, and redrives, splits or deletes it. Exit code 0 done, 1 failed, 2 unusable arguments or nothing chosen. */
export const redrive = redriveBy(sleep)

/** The command, which waits by `sleep`. */
export function redriveBy(sleep: Sleep): Command {
  return defineCommand({
    call: 'breach-reset redrive',
    synopsis: ['(--stage NAME | --from URL --to URL) [which letters] [what to do] [--json]'],
    about: [
      'Says what is on the dead-letter queue, by reason, and what a redrive of it does. It changes nothing without --go, --delete or --split.',
    ],
    flags: FLAGS,
    exitCodes: {
      0: 'done',
      1: 'failed',
      2: 'unusable arguments, nothing chosen, a code that no letter has (the letters of other codes are done), or a split not confirmed',
      ...INTERRUPTED_CODES,
    },
    examples: [
      'npx --no breach-reset redrive --stage prod',
      'npx --no breach-reset redrive --stage prod --code organization_suspended --go',
      'npx --no breach-reset redrive --stage prod --event harvest-41234 --split',
    ],
    parse: parseOptions,
    run: (options, terminal) => abortWhenInterrupted((signal) => run(options, signal, terminal, sleep)),
  })
}

const DRY_RUN =
  'the stage is a dry run: what is redriven would be used up and nobody reset. Set mode to enforce and deploy first'
const NOBODY_BELIEVED =
  'no reason is believed: it is not known which roles our functions have (--functions, or the output FunctionRoleIds of the stack)'

async function run(options: Options, signal: AbortSignal, terminal: Terminal, sleep: Sleep): Promise<number> {
  const { action, isRehearsed, target } = options
  try {
    const { cloudFormation, sqs } = openAwsClients()
    const stage = await findStage(target, isRehearsed, cloudFormation)
    if (stage.mode === 'dry_run' && (action === 'redrive' || action === 'split')) throw new Error(DRY_RUN)
    if (stage.functions.size === 0) say(terminal.stderr, NOBODY_BELIEVED)
    const sendMessages: SendMessages = (queueUrl, messages) =>
      sendTo({ sqs, sleep, random: Math.random }, queueUrl, messages)
    const environment = { sqs, sendMessages, sleep, signal, awsNow: watchClock(sqs) }
    const exitCode = await act(environment, options, stage, terminal)
    if (signal.aborted) say(terminal.stderr, `interrupted: ${leftOf(action)}`)
    return exitCode
  } catch (error) {
    if (error instanceof UsageError && !signal.aborted) throw error
    say(terminal.stderr, signal.aborted ? `${sentenceOf(error)}: ${leftOf(action)}` : sentenceOf(error))
    return 1
  }
}

function leftOf(action: Action): string {
  if (action === 'preview' || action === 'show') return 'nothing was changed'
  return 'what is not counted above as done is still on the dead-letter queue. The same command goes on'
}

async function act(
  environment: RedriveEnvironment,
  options: Options,
  stage: Stage,
  terminal: Terminal,
): Promise<number> {
  const { action, reveal, json } = options
  const isSplit = action === 'split'
  const isShown = isSplit || action === 'show'
  const output = json && isSplit ? terminal.stderr : terminal.stdout
  const letters: Shown[] = []
  const onLook = (letter: DeadLetter) => {
    const pieces = isSplit ? splitLetter(letter, stage) : undefined
    letters.push(toShown(letter, { at: environment.awsNow(), reveal, pieces, queueArns: stage.queueArns }))
  }
  const work = { ...toWork(options), ...(isShown && { onLook }) }
  const redriven = await redriveDeadLetters(environment, stage, work)
  const inJson = (done: Redriven) => ({ ...toJson(done, options), ...(isShown && { letters }) })
  if (json && !isSplit) write(inJson(redriven), output)
  else {
    const columns = columnsOf(output)
    const shown = letters.flatMap((letter) => shownLines(letter, columns))
    write([...reportLines(redriven, { ...options, ...stage }, columns), ...shown], output)
  }
  finish(redriven, options)
  if (!isSplit) return 0
  const { stdin, stderr } = terminal
  const { sent, left } = await sendSplit(environment, letters, options, stage, {
    stdin,
    stdout: output,
    stderr,
  })
  if (json) write(inJson(sent), terminal.stdout)
  if (sent.failure !== undefined) throw new Error(sent.failure)
  return left === 0 ? 0 : 1
}

/** Sends the letters that can be split, and no others, once the number of their members is confirmed. */
async function sendSplit(
  environment: RedriveEnvironment,
  letters: readonly Shown[],
  { confirm: given }: Options,
  stage: Stage,
  terminal: Terminal,
) {
  const approved = letters.filter(({ events = 0 }) => events > 0)
  const sum = (of: 'rows' | 'events') => approved.reduce((total, letter) => total + (letter[of] ?? 0), 0)
  const members = sum('rows')
  if (members === 0) throw new UsageError('nothing was done: none of them can be split')
  const { stdout } = terminal
  const together = `Together ${count(sum('events'), 'event')}: ${paceOf(members, stage)}. Who was reset since the exposure is not reset again.`
  write(['', ...wrap('', together, columnsOf(stdout)), ''], stdout)
  const { signal } = environment
  signal.throwIfAborted()
  await confirmCount({ count: members, what: 'members to send', given, signal }, terminal)
  const ids = new Set(approved.map(({ message }) => message))
  const sent = await redriveDeadLetters(environment, stage, toSplitWork(ids, stage))
  const left = ids.size - sent.groups.reduce((total, { taken }) => total + taken, 0)
  const still = left > 0 ? `; ${left} not: still there, unless somebody else has taken them` : ''
  write(
    [`${ids.size - left} of ${ids.size} sent in pieces, and removed from the dead-letter queue${still}`],
    stdout,
  )
  return { sent, left }
}

function write(output: readonly string[] | object, stream: Terminal['stdout']): void {
  if (!Array.isArray(output)) stream.write(`${JSON.stringify(output, undefined, 2)}\n`)
  else if (output.length > 0) say(stream, output.join('\n'))
}

/** Throws why the letters were not all looked at, or that what was typed chooses nothing. */
function finish(
  { groups, others, more, failure }: Redriven,
  { action, choice, isTyped, isRehearsed }: Options,
): void {
  if (failure !== undefined) throw new Error(failure)
  if (more) return
  const there = new Set([...groups, ...others].map(({ name }) => name))
  const unknown = isRehearsed ? [] : [...choice.codes].filter((code) => !there.has(code))
  if (unknown.length > 0) throw new UsageError(`--code: there is no letter with ${unknown.join(', ')}`)
  if (groups.length > 0) return
  if (action === 'split') throw new UsageError('nothing was chosen: --split is for events over the limit')
  if (isTyped) throw new UsageError('nothing was chosen: none of the letters fits all that was given')
}
