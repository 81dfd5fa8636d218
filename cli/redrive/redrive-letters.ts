import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { sentenceOf } from '../sentence-of.ts'
import { isTaken } from './is-taken.ts'
import type { RedriveOptions } from './parse-redrive-options.ts'
import { removeLetters } from './remove-letters.ts'
import { type Reason, tallyLetters } from './tally-letters.ts'
import type { Letter } from './to-letter.ts'
import { walkLetters } from './walk-letters.ts'

const WHOLE_SECOND_MS = 1000

/**
 * What was done. `hidden`: about how many letters somebody else, or a run that broke off, holds for a while.
 * `more`: not all letters were looked at. `failure`: why it broke off, a sentence.
 */
export type Redriven = { reasons: Reason[]; hidden: number; more: boolean; failure?: string }

/**
 * Counts, and as the options say redrives or deletes, the dead letters that are there now. A letter is removed only once
 * the breach queue has it: a crash in between leaves it in both, and the ledger covers who was reset.
 * `awsNow` is AWS's clock as of the last response of `sqs`.
 */
export async function redriveLetters(
  queues: { from: string; to: string },
  options: Pick<RedriveOptions, 'action' | 'codes'>,
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
