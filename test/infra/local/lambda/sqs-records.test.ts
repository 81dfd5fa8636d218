import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { SQSRecord } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { splitByPayload, toSqsRecord } from '../../../../infra/local/lambda/receive-batch.ts'
import { startTestQueue } from './start-test-queue.ts'

const ATTRIBUTES = {
  ApproximateReceiveCount: '1',
  SentTimestamp: '1760000000000',
  SenderId: 'AIDA',
  ApproximateFirstReceiveTimestamp: '1760000000001',
}
const MESSAGE = { MessageId: 'm', ReceiptHandle: 'r', Body: 'b', MD5OfBody: '5', Attributes: ATTRIBUTES }
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:breach'

describe('a record', () => {
  it('is what Lambda makes of a message', async () => {
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

  it('has every system attribute, and no digest of absent attributes', () => {
    const optional = { DeadLetterQueueSourceArn: QUEUE_ARN, MessageGroupId: 'g', AWSTraceHeader: 'Root=1' }
    const record = toSqsRecord({ ...MESSAGE, Attributes: { ...ATTRIBUTES, ...optional } }, QUEUE_ARN)
    expect(record.attributes).toEqual({ ...ATTRIBUTES, ...optional })
    expect(record.awsRegion).toBe('eu-west-1')
    expect(record.messageAttributes).toEqual({})
    expect(record).not.toHaveProperty('md5OfMessageAttributes')
  })

  it.each(['MessageId', 'ReceiptHandle', 'Body', 'Attributes'])(
    'is not made of a message without %s',
    (name) => {
      expect(() => toSqsRecord({ ...MESSAGE, [name]: undefined }, QUEUE_ARN)).toThrow(name)
    },
  )
})

const MIB = 1024 * 1024

const record = (Body: string) => toSqsRecord({ ...MESSAGE, Body }, QUEUE_ARN)
const payloadBytes = (Records: SQSRecord[]) => Buffer.byteLength(JSON.stringify({ Records }))

describe('a batch', () => {
  it('is one invocation when it fits, and none when it is empty', () => {
    const records = [record('a'), record('b')]
    expect(splitByPayload(records)).toEqual([records])
    expect(splitByPayload([])).toEqual([])
  })

  it.each([
    { of: 'plain', body: 'x'.repeat(MIB), sizes: [5, 5] },
    { of: 'multi-byte', body: 'é'.repeat(MIB / 2), sizes: [5, 5] },
    { of: 'escaped', body: '"'.repeat(MIB), sizes: [2, 2, 2, 2, 2] },
  ])('is cut in order into payloads of at most 6 MB, with ten $of bodies of 1 MiB', ({ body, sizes }) => {
    const records = Array.from({ length: 10 }, () => record(body))
    const batches = splitByPayload(records)
    expect(batches.map(({ length }) => length)).toEqual(sizes)
    expect(batches.flat()).toEqual(records)
    expect(Math.max(...batches.map(payloadBytes))).toBeLessThanOrEqual(6 * MIB)
  })

  it('is cut only above the limit', () => {
    const room = 6 * MIB - payloadBytes([record(''), record('')])
    expect(splitByPayload([record('x'.repeat(room - 1)), record('')])).toHaveLength(1)
    expect(splitByPayload([record('x'.repeat(room + 1)), record('')])).toHaveLength(2)
  })
})
