import {
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import type { Interceptor } from '../../../../infra/local/aws-endpoint.ts'
import { type LocalSqs, startSqs } from '../../../../infra/local/sqs/start-sqs.ts'

type OpenQueue = {
  url: string
  arn: string
  send(body: string, input?: Partial<SendMessageCommandInput>): Promise<SendMessageCommandOutput>
  sendBatch(...entries: Partial<SendMessageBatchRequestEntry>[]): Promise<SendMessageBatchCommandOutput>
  receive(input?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>
}

type OpenSqs = {
  sqs: LocalSqs
  client: SQSClient
  queue(attributes?: Record<string, string>): Promise<OpenQueue>
  /** A queue whose messages go to a dead-letter queue after `maxReceiveCount` receives. */
  redrivingQueue(maxReceiveCount: number): Promise<[queue: OpenQueue, deadLetterQueue: OpenQueue]>
}

/**
 * Starts SQS and a client of it for one test; both end with the test, or as `atEnd` decides. Queues receive all messages and
 * attributes.
 */
export async function openSqs(
  intercept?: Interceptor,
  {
    atEnd = onTestFinished,
    ...given
  }: { atEnd?: (stop: () => Promise<void>) => void; maxWaitSeconds?: number } = {},
): Promise<OpenSqs> {
  const sqs = await startSqs({ ...(intercept && { intercept }), ...given })
  const client = new SQSClient({
    endpoint: sqs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'tester', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  atEnd(async () => {
    client.destroy()
    await sqs.stop()
  })
  let created = 0

  async function queue(attributes: Record<string, string> = {}): Promise<OpenQueue> {
    created += 1
    const { url, arn } = await sqs.createQueue(`queue-${created}`, attributes)
    return {
      url,
      arn,
      send: (MessageBody, input) =>
        client.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...input })),
      sendBatch: (...entries) =>
        client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: entries.map((entry, index) => ({ Id: `${index}`, MessageBody: 'body', ...entry })),
          }),
        ),
      async receive(input) {
        const command = new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
          ...input,
        })
        return (await client.send(command)).Messages ?? []
      },
    }
  }

  return {
    sqs,
    client,
    queue,
    async redrivingQueue(maxReceiveCount) {
      const deadLetterQueue = await queue()
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount })
      return [await queue({ RedrivePolicy }), deadLetterQueue]
    },
  }
}
