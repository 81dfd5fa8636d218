import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { isTaken } from './is-taken.ts'
import type { RedriveOptions } from './parse-redrive-options.ts'
import { type Reason, tallyLetters } from './tally-letters.ts'
import type { Letter } from './to-letter.ts'
import { walkLetters } from './walk-letters.ts'

const MOST_LETTERS = 10_000

/**
 * Counts, and as the options say redrives or deletes, the dead letters that are there at `now`. A letter is removed only
 * once the breach queue has it: a crash in between leaves it in both, and the ledger covers who was reset.
 */
export async function redriveLetters(
  queues: { from: string; to: string },
  options: RedriveOptions,
  deps: { sqs: SQSClient; sendMessages: SendMessages; now: number },
): Promise<{ reasons: Reason[]; more: boolean }> {
  const tally = tallyLetters()
  const seen = await walkLetters(deps.sqs, queues.from, {
    startedAt: deps.now,
    limit: MOST_LETTERS,
    handle: async (page) => {
      const chosen = page.filter((letter) => isTaken(letter, options))
      const taken = options.action === 'redrive' ? await sendAgain(chosen) : chosen
      if (taken.length > 0) await remove(taken)
      tally.add(page, new Set(taken))
      return page.filter((letter) => !taken.includes(letter))
    },
  })
  return { reasons: tally.reasons(), more: seen >= MOST_LETTERS }

  async function sendAgain(letters: readonly Letter[]): Promise<Letter[]> {
    const messages = new Map(letters.map((letter) => [{ body: letter.body }, letter]))
    const { refused } = await deps.sendMessages(queues.to, [...messages.keys()])
    return [...messages].filter(([message]) => !refused.includes(message)).map(([, letter]) => letter)
  }

  async function remove(letters: readonly Letter[]): Promise<void> {
    const Entries = letters.map(({ receiptHandle }, index) => ({
      ...{ Id: String(index), ReceiptHandle: receiptHandle },
    }))
    const command = new DeleteMessageBatchCommand({ QueueUrl: queues.from, Entries })
    const { Failed = [] } = await deps.sqs.send(command)
    if (Failed.length > 0) throw new Error(`SQS did not delete ${Failed.length} dead letters`)
  }
}
