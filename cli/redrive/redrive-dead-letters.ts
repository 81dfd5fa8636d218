import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { sentenceOf } from '../terminal.ts'
import type { Advice, DeadLetter } from './dead-letter.ts'
import { deleteDeadLetters, walkDeadLetters } from './walk-dead-letters.ts'

const WHOLE_SECOND_MS = 1000

/** What to do with dead letters. `codes`: only those of these reasons; when empty, all that a redrive can help. */
export type RedriveOptions = { action: 'preview' | 'redrive' | 'delete'; codes: ReadonlySet<string> }

/**
 * Counts the dead letters that are there now, and redrives or deletes them as the options say. A dead letter is removed only
 * once the breach queue has it: after a crash in between it is on both, and the ledger covers the people who were reset.
 * `awsNow` is AWS's clock as of the last response of `sqs`.
 */
export async function redriveDeadLetters(
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
  const counts = countByReason()
  const hidden = await countHidden()
  const startedAt = awsNow()
  // What is redriven from now on comes back, if it does, after the second that AWS's clock names.
  if (options.action === 'redrive') await sleep(WHOLE_SECOND_MS)
  try {
    const more = await walkDeadLetters(sqs, queues.from, { startedAt, signal, handle })
    return { reasons: counts.reasons(), hidden, more }
  } catch (error) {
    return { reasons: counts.reasons(), hidden, more: true, failure: sentenceOf(error) }
  }

  async function handle(page: readonly DeadLetter[]): Promise<ReadonlySet<DeadLetter>> {
    const isRedrive = options.action === 'redrive'
    const chosen = page.filter((deadLetter) => isTaken(deadLetter, options))
    let taken = new Set<DeadLetter>()
    try {
      if (isRedrive) taken = new Set(await sendAgain(chosen))
      const leaving = isRedrive ? [...taken] : chosen
      const removed = await deleteDeadLetters(sqs, queues.from, leaving)
      if (!isRedrive) taken = removed
      const left = leaving.length - removed.size
      if (left > 0) throw new Error(`SQS did not delete ${left} dead letters: they are still there`)
      return removed
    } finally {
      counts.add(page, taken)
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

  async function sendAgain(deadLetters: readonly DeadLetter[]): Promise<DeadLetter[]> {
    const messages = deadLetters.map((deadLetter) => ({ body: deadLetter.body, deadLetter }))
    const { refused } = await sendMessages(queues.to, messages)
    return messages.filter((message) => !refused.includes(message)).map(({ deadLetter }) => deadLetter)
  }
}

/**
 * What was done. `hidden`: about how many dead letters another redrive, or one that was killed, holds for a while.
 * `more`: not all were looked at. `failure`: why it stopped, a sentence.
 */
export type Redriven = { reasons: Reason[]; hidden: number; more: boolean; failure?: string }

/** Whether a dead letter is redriven or deleted. People who may have been reset are redriven only when the code is named, those who were reset never. */
function isTaken({ code, advice }: DeadLetter, { action, codes }: RedriveOptions): boolean {
  if (action === 'preview') return false
  if (action === 'delete') return codes.has(code)
  if (advice.kind === 'never') return false
  return codes.size > 0 ? codes.has(code) : advice.kind === 'again'
}

/** The dead letters of one reason: how many there were, how many member rows they hold, how many were taken. */
export type Reason = { code: string; advice: Advice; letters: number; rows: number; taken: number }

/** Counts dead letters by reason, page by page. */
function countByReason() {
  const reasons = new Map<string, Reason>()
  return {
    add(page: readonly DeadLetter[], taken: ReadonlySet<DeadLetter>): void {
      for (const deadLetter of page) {
        const { code, advice } = deadLetter
        const reason = reasons.get(code) ?? { code, advice, letters: 0, rows: 0, taken: 0 }
        reason.letters++
        reason.rows += deadLetter.rows
        if (taken.has(deadLetter)) reason.taken++
        reasons.set(code, reason)
      }
    },
    reasons: (): Reason[] => [...reasons.values()].toSorted((a, b) => b.letters - a.letters),
  }
}
