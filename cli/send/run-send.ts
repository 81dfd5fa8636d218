import { setTimeout as sleep } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { SingleBar } from 'cli-progress'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { createSendEvents, type EventResult, type SendEvents } from '../../lib/producer/create-producer.ts'
import { openAwsClients, readOutputs } from '../aws.ts'
import type { Input } from '../input/input.ts'
import { count, inputLines, toInputJson } from '../input/show.ts'
import { countLines, countOf, deadLetterLines, type EndCounts, toCounts } from '../start/tally.ts'
import { sentenceOf } from '../terminal.ts'
import { resumeToken, type SendOptions, type SendTarget } from './options.ts'

const IS_DRY_RUN = 'the stage is a dry run: what it would do is logged, and nobody is reset'

/**
 * Sends what was read, unless something is wrong with it, and tells on standard output what became of it. Resolves to the exit code.
 * `before`: how many of the events an earlier send put on the queue.
 */
export async function runSend(
  input: Input,
  before: number,
  { target, skipInvalid, json }: SendOptions,
  signal: AbortSignal,
): Promise<number> {
  const isValid = input.faults.length === 0
  const say = (lines: readonly string[]) => {
    if (!json) process.stdout.write(`${lines.join('\n')}\n`)
  }
  const tell = (more: object) => {
    if (json) process.stdout.write(`${JSON.stringify({ ...toInputJson(input), ...more }, undefined, 2)}\n`)
  }
  say(inputLines(input))
  if (target === 'nowhere' || !(isValid || skipInvalid) || input.events.length === before) {
    say(['nothing was sent'])
    tell({ before, results: [] })
    return isValid ? 0 : 3
  }
  try {
    const outcome = await sendTo(target, input.events.slice(before), { signal, quiet: json })
    const { results, ends, isDryRun } = outcome
    const sent = toSent(input.events, before, results)
    say([
      ...sentLines(sent, input.time),
      ...(isDryRun ? [IS_DRY_RUN] : []),
      ...(ends ? localLines(ends) : []),
    ])
    tell({
      ...sent,
      resume: sent.resume || undefined,
      time: input.time,
      dry_run: isDryRun,
      ends: ends && toCounts(ends),
    })
    const isDone =
      results.every(({ status }) => status === 'sent') && (!ends || countOf(ends, 'missing') === 0)
    if (!isDone) return 1
    return isValid ? 0 : 3
  } catch (error) {
    const sentence = sentenceOf(error)
    process.stderr.write(`${sentence}\n`)
    tell({ before, results: [], error: sentence })
    return 1
  }
}

/** `ends`: of a local system, how each row ended. `isDryRun`: the deployed stage resets nobody. */
type Outcome = { results: EventResult[]; ends?: EndCounts; isDryRun?: boolean }

/** Sends events to a deployed or a local system. Rejects with a sentence when that can't be reached. */
async function sendTo(
  target: Exclude<SendTarget, 'nowhere'>,
  events: readonly BreachEvent[],
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<Outcome> {
  const send = ({ sqs, queueUrl }: Queue) => {
    const deps = { sqs, queueUrl, sleep, random: Math.random, explain: sentenceOf }
    return sendShown(createSendEvents(deps), events, { signal, quiet })
  }
  if (target === 'local') {
    const { sendLocal } = await import('./send-local.ts')
    return sendLocal(events, send, { signal, quiet })
  }
  const deployed = await openTarget(target)
  return { results: await send(deployed), isDryRun: deployed.isDryRun }
}

/** Fewer are sent in one request. */
const LONG = 11

/** Sends events, and shows how far it is on standard error when they are more than a request. */
async function sendShown(
  send: SendEvents,
  events: readonly BreachEvent[],
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<EventResult[]> {
  if (quiet || events.length < LONG) return send(events, { signal })
  const bar = new SingleBar({
    format: 'Sending {bar} {value}/{total} events  {members} members on the queue',
    ...{ stream: process.stderr, barsize: 24, hideCursor: false, noTTYOutput: true, linewrap: false },
    notTTYSchedule: 2000,
  })
  let members = 0
  bar.start(events.length, 0, { members })
  const onResult = (result: EventResult) => {
    if (result.status !== 'sent') return
    members += result.members
    bar.increment({ members })
  }
  const results = await send(events, { signal, onResult })
  bar.stop()
  return results
}

/** A breach queue, and a client that reaches it. */
export type Queue = { sqs: SQSClient; queueUrl: string }

/**
 * Opens the way to a breach queue, by the outputs of a stack or by its URL. `isDryRun`: whether the stage resets nobody, when the stack
 * tells it. Rejects with a sentence.
 */
async function openTarget(target: Exclude<SendTarget, string>): Promise<Queue & { isDryRun: boolean }> {
  if ('queueUrl' in target) {
    const region = /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com/.exec(target.queueUrl)?.[1]
    const { sqs } = openAwsClients(region === undefined ? {} : { region })
    return { sqs, queueUrl: target.queueUrl, isDryRun: false }
  }
  const { cloudFormation, sqs } = openAwsClients()
  const outputs = await readOutputs(cloudFormation, target.stackName, ['BreachQueueUrl', 'Mode'])
  return { sqs, queueUrl: outputs.BreachQueueUrl, isDryRun: outputs.Mode === 'dry_run' }
}

/**
 * What became of the events of an input: how many were on the queue before, the results of the others, and the token to go on
 * with, when there is something left.
 */
type Sent = { before: number; results: EventResult[]; resume: string | undefined }

/** Sums up a send. `before`: how many of the events an earlier one had sent. What SQS refuses is not passed over. */
export function toSent(events: readonly BreachEvent[], before: number, results: EventResult[]): Sent {
  const isLeft = results.some(({ status }) => status === 'unsent')
  if (!isLeft) return { before, results, resume: undefined }
  const passed = before + results.findIndex(({ status }) => status !== 'sent')
  return { before, results, resume: passed === 0 ? '' : resumeToken(events.slice(0, passed)) }
}

/**
 * A send in words: what is on the queue, what is not and why, and how to go on. `time`: what --time must say then, when the events have
 * it from elsewhere.
 */
function sentLines({ before, results, resume }: Sent, time: string | undefined): string[] {
  const sent = results.filter(({ status }) => status === 'sent')
  const members = sent.reduce((sum, result) => sum + result.members, 0)
  const words = [
    `sent ${sent.length} of ${count(results.length, 'event')} with ${count(members, 'member')}`,
    ...(before > 0 ? [`(${before} were sent before)`] : []),
  ]
  return [
    words.join(' '),
    ...reasonLines(results),
    ...(resume === undefined ? [] : [howToGoOn(resume, time)]),
  ]
}

/** Events by the reason why they are not on the queue; those that SQS refuses by their ids, for only a mend helps them. */
function reasonLines(results: readonly EventResult[]): string[] {
  const missed = results.flatMap((result) => (result.status === 'sent' ? [] : [result]))
  return [...Map.groupBy(missed, ({ reason }) => reason)].map(([reason, alike]) => {
    const refused = alike.filter(({ status }) => status === 'refused').map(({ id }) => id)
    return `not sent: ${count(alike.length, 'event')}: ${reason}${refused.length > 0 ? ` (${refused.slice(0, 5).join(', ')})` : ''}`
  })
}

function howToGoOn(resume: string, time: string | undefined): string {
  const flags = [resume && `--resume ${resume}`, time && `--time ${time}`].filter(Boolean).join(' ')
  return `to go on: the same command${flags ? ` with ${flags}` : ' again'}`
}

/** What became of the rows of a send to a local system, in words. */
function localLines(ends: EndCounts): string[] {
  return [
    '',
    `what became of them: ${ends.rows} rows`,
    ...countLines(ends),
    'dead letters',
    ...deadLetterLines(ends),
  ]
}
