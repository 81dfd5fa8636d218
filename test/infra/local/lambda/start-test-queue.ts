import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import { startSqs } from '../../../../infra/local/sqs/start-sqs.ts'

export type TestQueue = {
  sqs: SQSClient
  queueUrl: string
  queueArn: string
  send(bodies: readonly string[]): Promise<void>
  /** How many messages the queue holds, visible or in flight. */
  depth(): Promise<number>
}

/** Starts an SQS server with one queue; both, and the client, go away with the test. */
export async function startTestQueue(attributes: Record<string, string> = {}): Promise<TestQueue> {
  const server = await startSqs()
  onTestFinished(() => server.stop())
  const sqs = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  onTestFinished(() => sqs.destroy())
  const { url: QueueUrl, arn: queueArn } = await server.createQueue('breach', attributes)

  return {
    sqs,
    queueUrl: QueueUrl,
    queueArn,
    async send(bodies) {
      for (let start = 0; start < bodies.length; start += 10) {
        const batch = bodies.slice(start, start + 10)
        const entries = batch.map((body, index) => ({ Id: String(index), MessageBody: body }))
        await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries }))
      }
    },
    async depth() {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      )
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes ?? {}
      return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible)
    },
  }
}
