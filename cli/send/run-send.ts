import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { type EventResult, sendEvents } from '../../lib/producer/send-events.ts'
import { openAwsClients, readOutputs } from '../aws.ts'
import { createBar } from '../bar.ts'
import { confirmCount } from '../confirm.ts'
import { count, type Input, inputLines, toInputJson } from '../input/input.ts'
import { columnsOf, say, wrapCommand } from '../lines.ts'
import { loadLocal } from '../missing-part.ts'
import type { ProgressTarget } from '../progress/progress-target.ts'
import { sentenceOf, type Terminal, UsageError } from '../terminal.ts'
import { isAnyMissing, type LocalEnds, localLines, sentLines, toLocalFields, toSent } from './report.ts'
import type { Queue } from './send-local.ts'
import { toStatusCommand, waitForEnds } from './wait-for-ends.ts'

/** Where to send to; `nowhere` for a dry run. */
export type SendTarget = { stackName: string } | { queueUrl: string } | 'local' | 'nowhere'

/**
 * `progress`: where to follow what was sent; undefined if that is not known. `wait`: whether to follow it to the end. `confirmed`: how many
 * members may be sent, where that is more than the stage resets by one event.
 */
export type SendOptions = {
  target: SendTarget
  progress: ProgressTarget | undefined
  wait: boolean
  skipInvalid: boolean
  confirmed: number | undefined
  json: boolean
}

const IS_DRY_RUN = 'the stage is a dry run: what it would do is logged, and nobody is reset'

/**
 * Sends what was read, unless something is wrong with it, and reports the outcome. Resolves to the exit code.
 * `before`: which of the events, by index, an earlier send put on the queue.
 */
export async function runSend(
  input: Input,
  before: ReadonlySet<number>,
  { target, progress: followAt, wait, skipInvalid, confirmed, json }: SendOptions,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<number> {
  const { stdout, stderr } = terminal
  const isValid = input.faults.length === 0
  const writeLines = (lines: readonly string[]) => void (json || say(stdout, lines.join('\n')))
  const writeJson = (more: object) => {
    if (json) stdout.write(`${JSON.stringify({ ...toInputJson(input), ...more }, undefined, 2)}\n`)
  }
  writeLines(inputLines(input))
  if (target === 'nowhere' || !(isValid || skipInvalid) || input.events.length === before.size) {
    writeLines(['nothing was sent'])
    writeJson({ before: before.size, results: [] })
    return isValid ? 0 : 3
  }
  try {
    const progress = { signal, stderr, quiet: json }
    const events = input.events.filter((_, index) => !before.has(index))
    const confirm = (limit: number) => confirmMembers(input.events, { limit, confirmed, signal }, terminal)
    const { results, ends, isDryRun } = await sendTo(target, events, { ...progress, confirm })
    const sent = toSent(input.events, before, results)
    const dryRunLines = isDryRun ? [IS_DRY_RUN] : []
    writeLines([...sentLines(sent, input.time), ...dryRunLines, ...(ends ? localLines(ends) : [])])
    const resume = sent.resume || undefined
    const status = followAt && toStatusCommand(results, followAt)
    if (status) writeLines(['to see what becomes of it:', ...wrapCommand(status, columnsOf(stdout))])
    const waited =
      wait && followAt ? await waitForEnds(results, followAt, { ...progress, stdout }) : undefined
    const followed = status && {
      status: status.join(' '),
      deliveries: waited?.deliveries,
      wait_error: waited?.error,
    }
    const dry_run = isDryRun
    writeJson({ ...sent, resume, time: input.time, dry_run, ends: ends && toLocalFields(ends), ...followed })
    const isSent = results.every(({ status }) => status === 'sent')
    if (!isSent || (ends && isAnyMissing(ends))) return 1
    return isValid ? (waited?.exitCode ?? 0) : 3
  } catch (error) {
    if (error instanceof UsageError && !signal.aborted) throw error
    const gone = target === 'local' ? ': the local system is stopped, and nothing of it is left' : ''
    const sentence = `${sentenceOf(error)}${signal.aborted ? gone : ''}`
    say(stderr, sentence)
    writeJson({ before: before.size, results: [], error: sentence })
    return 1
  }
}

/** `stderr`: where progress is shown, unless `quiet`. */
type Progress = { signal: AbortSignal; stderr: Writable; quiet: boolean }

/** `ends`: of a local system, how each row ended, and the sessions. `isDryRun`: the deployed stage resets nobody. */
type Outcome = { results: EventResult[]; ends?: LocalEnds; isDryRun?: boolean }

/** Sends events to a deployed or a local system. Rejects with a sentence when that can't be reached. */
async function sendTo(
  target: Exclude<SendTarget, 'nowhere'>,
  events: readonly BreachEvent[],
  progress: Progress & { confirm: (limit: number) => Promise<void> },
): Promise<Outcome> {
  const send = (queue: Queue) => sendShown(queue, events, progress)
  if (target === 'local') {
    const { sendLocal } = await loadLocal('send --local', () => import('./send-local.ts'))
    return sendLocal(events, send, progress)
  }
  const deployed = await findQueue(target)
  if (deployed.limit !== undefined) await progress.confirm(deployed.limit)
  return { results: await send(deployed), isDryRun: deployed.isDryRun }
}

/**
 * Has a human confirm what is more than one event may have: cut into events, it passes that brake. `events`: also those sent before, so that a
 * command that is resumed confirms the same number. Throws a UsageError when it is not confirmed, or the stage would refuse an event.
 */
async function confirmMembers(
  events: readonly BreachEvent[],
  { limit, confirmed: given, signal }: { limit: number; confirmed: number | undefined; signal: AbortSignal },
  terminal: Terminal,
): Promise<void> {
  const members = events.reduce((sum, { data }) => sum + data.members.length, 0)
  if (members <= limit && given === undefined) return
  if (events.some(({ data }) => data.members.length > limit))
    throw new UsageError(
      `nothing was sent: the stage takes up to ${count(limit, 'member')} in one event: cut them with --members-per-event ${limit}`,
    )
  if (members > limit)
    say(
      terminal.stderr,
      `The stage takes up to ${count(limit, 'member')} in one event (maxMembersPerEvent). This is ${count(members, 'member')} in ${count(events.length, 'event')}.`,
    )
  await confirmCount({ count: members, what: 'members in all', given, signal }, terminal)
}

/** Fewer events fit into one request. */
const LONG = 11

/** Sends events, and shows the progress when they need more than one request. */
async function sendShown(
  queue: Queue,
  events: readonly BreachEvent[],
  { signal, stderr, quiet }: Progress,
): Promise<EventResult[]> {
  const environment = { ...queue, sleep, random: Math.random, explain: sentenceOf }
  if (quiet || events.length < LONG) return sendEvents(environment, events, { signal })
  const bar = createBar(stderr, {
    format: 'Sending {bar} {value}/{total} events  {members} members on the queue',
    ...{ barsize: 24, everyMs: 2000 },
  })
  let members = 0
  bar.start(events.length, 0, { members })
  const onResult = (result: EventResult) => {
    if (result.status !== 'sent') return
    members += result.members
    bar.increment({ members })
  }
  try {
    return await sendEvents(environment, events, { signal, onResult })
  } finally {
    bar.stop()
  }
}

type Deployed = Queue & { isDryRun: boolean; limit?: number | undefined }

/**
 * Finds a breach queue by the outputs of a stack, or by its URL. `isDryRun`: whether the stage resets nobody, and `limit`: how many members it
 * takes in one event, as far as the stack says so. Rejects with a sentence.
 */
async function findQueue(target: Exclude<SendTarget, string>): Promise<Deployed> {
  if ('queueUrl' in target) {
    const region = /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com/.exec(target.queueUrl)?.[1]
    const { sqs } = openAwsClients(region === undefined ? {} : { region })
    return { sqs, queueUrl: target.queueUrl, isDryRun: false }
  }
  const { cloudFormation, sqs } = openAwsClients()
  const names = ['BreachQueueUrl', 'Mode'] as const
  const outputs = await readOutputs(cloudFormation, target.stackName, names, ['MaxMembersPerEvent'])
  const { BreachQueueUrl: queueUrl, Mode, MaxMembersPerEvent: limit } = outputs
  return { sqs, queueUrl, isDryRun: Mode === 'dry_run', limit: limit === undefined ? limit : Number(limit) }
}
