import type { AddressInfo } from 'node:net'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'
import { onTestFinished } from 'vitest'

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
  const server = buildApp({ logger: false })
  await server.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  onTestFinished(() => sqs.destroy())
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'breach', Attributes: attributes }))
  if (!QueueUrl) throw new Error('no queue')

  return {
    sqs,
    queueUrl: QueueUrl,
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:breach',
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
