import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { canaryEvent } from '../../lib/contract/canary.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { judgeEnd, judgeSilence } from './judge.ts'

type CheckDeps = {
  timeoutMs: number
  now: () => number
  sleep: (ms: number) => Promise<unknown>
  /** Told the id of the event when it is about to be sent. */
  onSend: (eventId: string) => void
}

/** Sends a canary event and finds out what becomes of it. Rejects when a request to AWS fails. `uuid` must be new each time. */
export async function checkWay(way: Way, uuid: string, deps: CheckDeps): Promise<SmokeResult> {
  const sentAt = deps.now()
  const event = canaryEvent(uuid, new Date(sentAt).toISOString())
  const before = await readDepths(way)
  // Whoever may not read the logs learns it before anything is sent.
  await way.readLines(event.id, sentAt)
  deps.onSend(event.id)
  const MessageBody = JSON.stringify(event)
  await way.sqs.send(new SendMessageCommand({ QueueUrl: way.queueUrls.breach, MessageBody }))
  const { end, others } = await followEvent(way, { id: event.id, sentAt }, deps)
  if (end) return judgeEnd(end, others)
  return judgeSilence(others, sentAt, { now: await readDepths(way), before })
}

/** How to reach a running system, deployed or local: all in which the two differ. */
export type Way = {
  sqs: SQSClient
  queueUrls: Record<'breach' | 'reset' | 'deadLetter', string>
  /** The functions' log lines since `since` (ms since the epoch) that can tell about the event; others may be among them. */
  readLines(eventId: string, since: number): Promise<readonly string[]>
  /** How long to wait between two looks at the lines. */
  lookEveryMs: number
}

/** The system is busy and will come back to the event: no answer to the question whether it works. */
const BUSY = new Set(['out_of_time', 'too_many_requests'])

export type Followed = { end: (Told & { kind: 'end' }) | undefined; others: readonly Told[] }

/**
 * Reads the log until it tells how the event ended, or the time is up. Resolves to that end, if any, and to what else
 * was told: failures that may have to do with it.
 */
export async function followEvent(
  way: Pick<Way, 'readLines' | 'lookEveryMs'>,
  event: { id: string; sentAt: number },
  deps: { timeoutMs: number; now: () => number; sleep: (ms: number) => Promise<unknown> },
): Promise<Followed> {
  while (true) {
    const lines = await way.readLines(event.id, event.sentAt)
    const told = lines.map((line) => readTold(line, event.id)).filter((one) => one !== undefined)
    const ends = told.filter((one) => one.kind === 'end')
    const end = ends.find(({ outcome }) => outcome !== 'deferred') ?? ends.at(-1)
    const isDecided = end && !(end.outcome === 'deferred' && BUSY.has(end.code))
    if (isDecided || deps.now() - event.sentAt >= deps.timeoutMs) {
      return { end, others: told.filter(({ kind }) => kind !== 'end') }
    }
    await deps.sleep(way.lookEveryMs)
  }
}

const LineSchema = z.object({
  message: z.string(),
  service: z.enum(['fan-out', 'require-reset']),
  timestamp: z.string().default(''),
  function_request_id: z.string().optional(),
  event_id: z.string().optional(),
  outcome: z.enum(['reset', 'skipped', 'dead_lettered', 'deferred']).optional(),
  code: z.string().optional(),
  error_name: z.string().optional(),
})

/**
 * What a log line tells: the event's end; that calling was stopped; or a failure, whose `code` is the error's name.
 * The latter two may be about other events. `at`: ms since the epoch by AWS's clock. `invocation`: Lambda's request id.
 */
type Told = {
  service: 'fan-out' | 'require-reset'
  at: number
  invocation: string | undefined
  code: string
} & (
  | { kind: 'end'; outcome: 'reset' | 'skipped' | 'dead_lettered' | 'deferred' }
  | { kind: 'stopped' }
  | { kind: 'failure'; message: string }
)

const FAILURES = new Set([
  'record failed',
  'invocation failed',
  'secret unavailable',
  'ledger unavailable',
  'secret or ledger unavailable',
])

/** Reads what a log line of the functions tells about the event with this id, if anything. */
function readTold(line: string, eventId: string): Told | undefined {
  const json = parseJson(line)
  const { data } = LineSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  if (!data) return undefined
  const { message, service, outcome = 'dead_lettered', code = outcome, error_name = 'unknown error' } = data
  const told = { service, at: Date.parse(data.timestamp), invocation: data.function_request_id }
  const isEnd = message === 'member outcome' || message === 'event dead-lettered'
  if (isEnd && data.event_id === eventId) return { ...told, kind: 'end', outcome, code }
  if (message === 'calling stopped') return { ...told, kind: 'stopped', code }
  return FAILURES.has(message) ? { ...told, kind: 'failure', message, code: error_name } : undefined
}

/** Messages on a queue: waiting, received and not yet acknowledged, delayed. SQS's figures are approximate. */
type Depth = { visible: number; inFlight: number; delayed: number }
export type Depths = Record<keyof Way['queueUrls'], Depth>

/** Reads how many messages are on the three queues; undefined when that is not allowed: a smoke check works without. */
async function readDepths({ sqs, queueUrls }: Way): Promise<Depths | undefined> {
  async function read(QueueUrl: string): Promise<Depth> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
    const { Attributes = {} } = await sqs.send(command)
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    }
  }
  try {
    const { breach, reset, deadLetter } = queueUrls
    const [b, r, d] = await Promise.all([read(breach), read(reset), read(deadLetter)])
    return { breach: b, reset: r, deadLetter: d }
  } catch {
    return undefined
  }
}

type Outcome = NonNullable<Followed['end']>['outcome']

/**
 * How a smoke check ended. `no_line`: the log told nothing in time; `not_checked`: a request of ours to AWS failed.
 * `proves`: the parts that worked. `passed` only when all of them did, which a dry run can't show.
 */
export type SmokeResult = {
  outcome: Outcome | 'no_line' | 'not_checked'
  code: string
  passed: boolean
  proves: readonly string[]
  sentence: string
}

/** The exit code of a smoke check: 0 everything is proved, 3 everything that a dry run can prove, 1 otherwise. */
export function exitCodeOf({ passed, outcome, code }: SmokeResult): 0 | 1 | 3 {
  if (passed) return 0
  return outcome === 'skipped' && code === 'dry_run' ? 3 : 1
}

const TITLES = { 0: 'PASSED', 1: 'FAILED', 3: 'PASSED as far as a dry run goes' }

/** The end of a smoke check in words. `ms`: how long it took. */
export function toReport(result: SmokeResult, ms: number): string {
  const { outcome, code, proves, sentence } = result
  const end = outcome === code ? outcome : `${outcome} ${code}`
  return [
    `${TITLES[exitCodeOf(result)]}: ${end}, after ${(ms / 1000).toFixed(1)} s`,
    `  ${sentence}`,
    ...(proves.length > 0 ? [`  proved: ${proves.join(', ')}`] : []),
  ].join('\n')
}
