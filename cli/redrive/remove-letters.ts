import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Letter } from './to-letter.ts'

const TRIES = 3

/** Removes at most ten letters from a queue. Resolves to those that SQS has deleted; the others are still there. */
export async function removeLetters(
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
