import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { toSqsRecord } from '../../../../infra/local/lambda/event-source-mapping.ts'
import { startTestQueue } from './start-test-queue.ts'

const ATTRIBUTES = {
  ApproximateReceiveCount: '1',
  SentTimestamp: '1760000000000',
  SenderId: 'AIDA',
  ApproximateFirstReceiveTimestamp: '1760000000001',
}
const MESSAGE = { MessageId: 'm', ReceiptHandle: 'r', Body: 'b', MD5OfBody: '5', Attributes: ATTRIBUTES }
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:breach'

it('turns a message from a queue into the record Lambda delivers', async () => {
  const { sqs, queueUrl, queueArn } = await startTestQueue()
  const sent = await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: '{"specversion":"1.0"}',
      MessageAttributes: {
        'failure-code': { DataType: 'String', StringValue: 'expired' },
        attempts: { DataType: 'Number', StringValue: '3' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      },
    }),
  )
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  })
  const { Messages = [] } = await sqs.send(command)
  const lists = { stringListValues: [], binaryListValues: [] }
  expect(Messages.map((message) => toSqsRecord(message, queueArn))).toEqual([
    {
      messageId: sent.MessageId,
      receiptHandle: expect.any(String),
      body: '{"specversion":"1.0"}',
      attributes: expect.objectContaining({
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
      }),
      messageAttributes: {
        'failure-code': { dataType: 'String', stringValue: 'expired', ...lists },
        attempts: { dataType: 'Number', stringValue: '3', ...lists },
        raw: { dataType: 'Binary', binaryValue: 'AP8=', ...lists },
      },
      md5OfBody: sent.MD5OfMessageBody,
      md5OfMessageAttributes: sent.MD5OfMessageAttributes,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: 'us-east-1',
    },
  ])
})

it('keeps every system attribute, and leaves out the digest of attributes that are not there', () => {
  const optional = { DeadLetterQueueSourceArn: QUEUE_ARN, MessageGroupId: 'g', AWSTraceHeader: 'Root=1' }
  const record = toSqsRecord({ ...MESSAGE, Attributes: { ...ATTRIBUTES, ...optional } }, QUEUE_ARN)
  expect(record.attributes).toEqual({ ...ATTRIBUTES, ...optional })
  expect(record.awsRegion).toBe('eu-west-1')
  expect(record.messageAttributes).toEqual({})
  expect(record).not.toHaveProperty('md5OfMessageAttributes')
})

it.each(['MessageId', 'ReceiptHandle', 'Body', 'Attributes'])('refuses a message without %s', (name) => {
  expect(() => toSqsRecord({ ...MESSAGE, [name]: undefined }, QUEUE_ARN)).toThrow(name)
})
