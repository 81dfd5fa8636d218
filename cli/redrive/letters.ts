import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { UncheckedBreachEventSchema } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { readOutputs } from '../aws.ts'
import { NO_REASON } from '../start/tally.ts'
import { sentenceOf } from '../terminal.ts'
import { type Advice, advise } from './advise.ts'

const WHOLE_SECOND_MS = 1000

/**
 * What was done. `hidden`: about how many letters somebody else, or a run that broke off, holds for a while.
 * `more`: not all letters were looked at. `failure`: why it broke off, a sentence.
 */
type Redriven = { reasons: Reason[]; hidden: number; more: boolean; failure?: string }

/** What to do with dead letters: `codes` names the reasons; with none, all that a redrive can help. */
export type RedriveOptions = { action: 'preview' | 'redrive' | 'delete'; codes: ReadonlySet<string> }

/**
 * Counts, and as the options say redrives or deletes, the dead letters that are there now. A letter is removed only once
 * the breach queue has it: a crash in between leaves it in both, and the ledger covers who was reset.
 * `awsNow` is AWS's clock as of the last response of `sqs`.
 */
export async function redriveLetters(
  queues: { from: string; to: string },
  options: RedriveOptions,
  deps: {
    sqs: SQSClient
    sendMessages: SendMessages
    awsNow: () => number
    sleep: (ms: number) => Promise<unknown>
    signal: AbortSignal
  },
): Promise<Redriven> {
  const { sqs, sendMessages, awsNow, sleep, signal } = deps
  const tally = tallyLetters()
  const hidden = await countHidden()
  const startedAt = awsNow()
  // What is redriven from now on comes back, if it does, after the second that AWS's clock names.
  if (options.action === 'redrive') await sleep(WHOLE_SECOND_MS)
  try {
    const more = await walkLetters(sqs, queues.from, { startedAt, signal, handle })
    return { reasons: tally.reasons(), hidden, more }
  } catch (error) {
    return { reasons: tally.reasons(), hidden, more: true, failure: sentenceOf(error) }
  }

  async function handle(page: readonly Letter[]): Promise<ReadonlySet<Letter>> {
    const isRedrive = options.action === 'redrive'
    const chosen = page.filter((letter) => isTaken(letter, options))
    let taken = new Set<Letter>()
    try {
      if (isRedrive) taken = new Set(await sendAgain(chosen))
      const leaving = isRedrive ? [...taken] : chosen
      const removed = await removeLetters(sqs, queues.from, leaving)
      if (!isRedrive) taken = removed
      const left = leaving.length - removed.size
      if (left > 0) throw new Error(`SQS did not delete ${left} dead letters: they are still there`)
      return removed
    } finally {
      tally.add(page, taken)
    }
  }

  async function countHidden(): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: queues.from,
      AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
    })
    const { Attributes } = await sqs.send(command)
    return Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  }

  async function sendAgain(letters: readonly Letter[]): Promise<Letter[]> {
    const messages = new Map(letters.map((letter) => [{ body: letter.body }, letter]))
    const { refused } = await sendMessages(queues.to, [...messages.keys()])
    return [...messages].filter(([message]) => !refused.includes(message)).map(([, letter]) => letter)
  }
}

/** SQS has 120,000 messages in flight at the most. */
const MAX_HELD = 100_000
const HIDDEN_SECONDS = 900

/**
 * Receives dead letters page by page, hands each page to `handle`, which resolves to those that it has removed, and at the
 * end shows the others again. Letters sent after `startedAt` (ms since the epoch, by AWS's clock) are left alone: a redriven
 * one may come back at once. Ends at the first long poll that brings none, which asks all of SQS's servers; when `signal`
 * is aborted; when it holds as many as it can, or so long that the first show themselves again. Resolves to whether there
 * can be more.
 */
async function walkLetters(
  sqs: SQSClient,
  queueUrl: string,
  options: {
    startedAt: number
    signal: AbortSignal
    handle: (page: readonly Letter[]) => Promise<ReadonlySet<Letter>>
  },
): Promise<boolean> {
  const held = new Map<string, Letter>()
  try {
    while (held.size < MAX_HELD && !options.signal.aborted) {
      const received = await receive(sqs, queueUrl)
      if (received.length === 0) return false
      const isAround = received.some(({ messageId }) => held.has(messageId))
      const page = received.filter(
        ({ messageId, sentAt }) => sentAt <= options.startedAt && !held.has(messageId),
      )
      for (const letter of received) held.set(letter.messageId, letter)
      for (const { messageId } of await options.handle(page)) held.delete(messageId)
      if (isAround) return true
    }
    return true
  } finally {
    const left = [...held.values()]
    for (let from = 0; from < left.length; from += 10) await show(sqs, queueUrl, left.slice(from, from + 10))
  }
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Letter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  )
  return Messages.map(toLetter)
}

/** A letter that can't be shown again shows itself when its visibility timeout is over: no reason to fail. */
async function show(sqs: SQSClient, QueueUrl: string, letters: readonly Letter[]): Promise<void> {
  const Entries = letters.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: 0,
  }))
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {})
}

const TRIES = 3

/** Removes at most ten letters from a queue. Resolves to those that SQS has deleted; the others are still there. */
async function removeLetters(
  sqs: SQSClient,
  queueUrl: string,
  letters: readonly Letter[],
): Promise<Set<Letter>> {
  const left = new Set(letters)
  for (let attempt = 1; left.size > 0 && attempt <= TRIES; attempt++) {
    const batch = [...left]
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }))
    const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })
    const { Successful = [] } = await sqs.send(command)
    const deleted = new Set(Successful.map(({ Id }) => Number(Id)))
    for (const [index, letter] of batch.entries()) if (deleted.has(index)) left.delete(letter)
  }
  return new Set(letters.filter((letter) => !left.has(letter)))
}

/** A dead letter as it was received. `rows`: member rows it holds, none when it is no breach event. */
type Letter = {
  messageId: string
  body: string
  receiptHandle: string
  sentAt: number
  code: string
  advice: Advice
  rows: number
}

/** Reads a received message. Only its failure-code is ever shown: the body holds e-mail addresses. */
export function toLetter(message: Message): Letter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes } = message
  const attribute = (name: string) => MessageAttributes?.[name]?.StringValue
  const unwrapped = unwrapEnvelopes(Body)
  const parsed =
    unwrapped.kind === 'parsed' ? UncheckedBreachEventSchema.safeParse(unwrapped.value) : undefined
  const members = parsed?.data?.data.members ?? []
  const canary = parsed?.data !== undefined && isCanary(parsed.data.source, members)
  const code = canary ? 'canary' : attribute('failure-code')
  const advice = canary ? advise(code) : advise(code, attribute('failure-detail'), members)
  return {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    sentAt: Number(Attributes?.SentTimestamp),
    code: toLabel(code, advice),
    advice,
    rows: members.length,
  }
}

/** What SQS moved keeps the producer's attributes: anything but a plain code could be personal data. */
function toLabel(code = NO_REASON, { kind }: Advice): string {
  const shown = /^[\w-]{1,128}$/.test(code) ? code : 'unreadable_reason'
  if (kind === 'never') return `${shown}:was_reset`
  return kind === 'asks' && advise(code).kind !== 'asks' ? `${shown}:may_have_been_reset` : shown
}

/** Whether a dead letter is redriven or deleted. What may have been reset goes again only when its code is named; what was reset never. */
function isTaken({ code, advice }: Letter, { action, codes }: RedriveOptions): boolean {
  if (action === 'preview') return false
  if (action === 'delete') return codes.has(code)
  if (advice.kind === 'never') return false
  return codes.size > 0 ? codes.has(code) : advice.kind === 'again'
}

/** The dead letters of one reason: how many there were, how many member rows they hold, how many were taken. */
type Reason = { code: string; advice: Advice; letters: number; rows: number; taken: number }

/** Returns a count of letters by reason, and what adds a page to it. */
function tallyLetters() {
  const reasons = new Map<string, Reason>()
  return {
    add(page: readonly Letter[], taken: ReadonlySet<Letter>): void {
      for (const letter of page) {
        const { code, advice } = letter
        const reason = reasons.get(code) ?? { code, advice, letters: 0, rows: 0, taken: 0 }
        reason.letters++
        reason.rows += letter.rows
        if (taken.has(letter)) reason.taken++
        reasons.set(code, reason)
      }
    },
    reasons: (): Reason[] => [...reasons.values()].toSorted((a, b) => b.letters - a.letters),
  }
}

/** From which queue to which, and the stage's mode when the stack tells it. */
type RedriveWay = { from: string; to: string; mode: string | undefined }

/** Finds the queues by the outputs of a stack, unless their URLs are given. */
export async function findQueues(
  queues: { stackName: string } | { from: string; to: string },
  cloudFormation: CloudFormationClient,
): Promise<RedriveWay> {
  if ('from' in queues) return { ...queues, mode: undefined }
  const names = ['DeadLetterQueueUrl', 'BreachQueueUrl', 'Mode'] as const
  const outputs = await readOutputs(cloudFormation, queues.stackName, names)
  return { from: outputs.DeadLetterQueueUrl, to: outputs.BreachQueueUrl, mode: outputs.Mode }
}

const DONE = { redrive: 'redriven', delete: 'deleted' } as const

/** The dead letters by reason, one line each, with what was done or what a redrive would do; and what was not looked at. */
export function toReport({ reasons, hidden, more }: Redriven, action: RedriveOptions['action']): string {
  const empty = hidden > 0 ? 'No dead letter can be seen.' : 'The dead-letter queue is empty.'
  return [
    ...(reasons.length > 0 ? toTable(reasons, action) : [more ? 'No dead letter was looked at.' : empty]),
    ...(hidden > 0
      ? [
          `About ${hidden} more were hidden at the start (SQS's count may be a minute old): another redrive holds them, or one that was killed. They show again within 15 minutes.`,
        ]
      : []),
    ...(more && reasons.length > 0 ? ['There are more, not looked at.'] : []),
  ].join('\n')
}

function toTable(reasons: readonly Reason[], action: RedriveOptions['action']): string[] {
  const width = Math.max(...reasons.map(({ code }) => code.length))
  const lines = reasons.map(({ code, letters, rows, taken, advice }) => {
    const what = action === 'preview' ? advice.sentence : `${taken} ${DONE[action]}, ${letters - taken} left`
    return `${String(letters).padStart(7)} ${String(rows).padStart(8)}  ${code.padEnd(width)}  ${what}`
  })
  const head = `letters ${'members'.padStart(8)}  ${'reason'.padEnd(width)}`
  return [`${head}  ${action === 'preview' ? 'a redrive of it' : ''}`.trimEnd(), ...lines]
}
