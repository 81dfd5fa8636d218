import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { Way } from './way.ts'

/** Messages on a queue: waiting, received and not yet acknowledged, delayed. SQS's figures are approximate. */
export type Depth = { visible: number; inFlight: number; delayed: number }
export type Depths = Record<keyof Way['queueUrls'], Depth>

/** Reads how many messages are on the three queues; undefined when that is not allowed: a smoke check works without. */
export async function readDepths({ sqs, queueUrls }: Way): Promise<Depths | undefined> {
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
