import { createHash } from 'node:crypto'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

const MEBIBYTE = 1024 * 1024
const MessageAttributes = { reason: { DataType: 'String', StringValue: 'phished' } }

describe('a queue of the SQS endpoint', () => {
  it('belongs to account 000000000000 in us-east-1, with a URL on the address of the endpoint', async () => {
    const { sqs, client } = await openSqs()
    expect(sqs.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'breach' }))
    expect(QueueUrl).toBe(`${sqs.endpoint}/000000000000/breach`)
    const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })
    expect((await client.send(ask)).Attributes).toEqual({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:breach',
    })
  })

  it.each([
    ['nothing', [], {}],
    ['what it is created with', ['VisibilityTimeout'], { VisibilityTimeout: '360' }],
    [
      'all, with defaults',
      ['All'],
      expect.objectContaining({
        VisibilityTimeout: '360',
        MaximumMessageSize: '1048576',
        MessageRetentionPeriod: '345600',
        SqsManagedSseEnabled: 'true',
        ApproximateNumberOfMessages: '2',
        ApproximateNumberOfMessagesNotVisible: '1',
        ApproximateNumberOfMessagesDelayed: '1',
      }),
    ],
  ] as const)('has the attributes that are asked for: %s', async (_what, names, expected) => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue({ VisibilityTimeout: '360' })
    await queue.sendBatch({}, {}, {}, { DelaySeconds: 900 })
    await queue.receive({ MaxNumberOfMessages: 1 })
    const ask = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: [...names] })
    expect((await client.send(ask)).Attributes ?? {}).toEqual(expected)
  })
})

describe('a message through the SQS endpoint', () => {
  it('keeps its body, attributes, group and trace header', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    const { MessageId } = await queue.send('body', {
      MessageAttributes,
      MessageGroupId: 'event-1',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    })
    const [message] = await queue.receive()
    expect(message).toMatchObject({
      ...{ MessageId, Body: 'body', MessageAttributes },
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'event-1', AWSTraceHeader: 'Root=1' },
    })
    const { Attributes = {} } = message ?? {}
    expect(Attributes.ApproximateFirstReceiveTimestamp).toMatch(/^\d{13}$/)
    expect(Attributes.DeadLetterQueueSourceArn).toBeUndefined()
    const sentAt = Number(Attributes.SentTimestamp)
    expect(sqs.messages(queue.url)).toEqual([
      {
        ...{ messageId: MessageId, body: 'body', attributes: { reason: 'phished' } },
        ...{ receiveCount: 1, sentAt, groupId: 'event-1' },
      },
    ])
  })

  it.each([
    ['Number', { StringValue: '1493147359900' }, '235c5c510d26fb653d073faed50ae77c'],
    ['Binary', { BinaryValue: Uint8Array.of(0, 1, 255) }, '840396d8a3c03b72b59d99c8d22b76f5'],
  ])(
    'comes with the MD5s of its body and attributes, sent and received: %s',
    async (DataType, value, md5) => {
      const queue = await (await openSqs()).queue()
      const sent = await queue.send('body', { MessageAttributes: { timestamp: { DataType, ...value } } })
      const md5OfBody = createHash('md5').update('body').digest('hex')
      expect(sent).toMatchObject({ MD5OfMessageBody: md5OfBody, MD5OfMessageAttributes: md5 })
      expect(await queue.receive()).toMatchObject([{ MD5OfBody: md5OfBody, MD5OfMessageAttributes: md5 }])
    },
  )

  it.each([
    ['a body of exactly 1 MiB', 'é'.repeat(MEBIBYTE / 2), {}],
    ['tabs, line breaks and characters beyond U+FFFF', '\t\r\n\u{1F512}\u{10FFFF}', {}],
    ['a binary attribute', 'body', { b: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 1, 255) } }],
    ['a custom attribute type', 'body', { n: { DataType: 'Number.ms', StringValue: '42' } }],
  ])('may have %s', async (_what, body, given) => {
    const queue = await (await openSqs()).queue()
    await queue.send(body, { MessageAttributes: given as typeof MessageAttributes })
    expect(await queue.receive()).toMatchObject([
      { Body: body, ...(body === 'body' && { MessageAttributes: given }) },
    ])
  })

  it('says who sent it, by their access key id, also on a dead-letter queue', async () => {
    const [queue, deadLetterQueue] = await (await openSqs()).redrivingQueue(1)
    await queue.send('body')
    const sender = { Attributes: { SenderId: 'AIDATESTER00000000000' } }
    expect(await queue.receive({ VisibilityTimeout: 0 })).toMatchObject([sender])
    expect(await queue.receive()).toEqual([])
    expect(await deadLetterQueue.receive()).toMatchObject([sender])
  })

  it('may be one of ten in a batch, together exactly 1 MiB', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    const tenth = MEBIBYTE / 10
    const bodies = Array.from({ length: 10 }, (_, i) =>
      'x'.repeat(Math.floor(tenth * (i + 1)) - Math.floor(tenth * i)),
    )
    const { Successful } = await queue.sendBatch(...bodies.map((MessageBody) => ({ MessageBody })))
    expect(Successful).toHaveLength(10)
    expect(sqs.depth(queue.url).visible).toBe(10)
  })

  it.each([
    ['none', [], undefined],
    ['another', ['other'], undefined],
    ['its name', ['reason'], MessageAttributes],
    ['its prefix', ['rea.*'], MessageAttributes],
    ['all', ['All'], MessageAttributes],
  ])('has an attribute only for a receiver that asks for it: %s', async (_what, names, expected) => {
    const queue = await (await openSqs()).queue()
    await queue.send('body', { MessageAttributes })
    const [message] = await queue.receive({ MessageAttributeNames: names, MessageSystemAttributeNames: [] })
    expect(message?.MessageAttributes).toEqual(expected)
    expect(message?.Attributes).toBeUndefined()
  })
})

describe('visibility at the SQS endpoint', () => {
  it.each([
    ['the delay of the message', {}, { DelaySeconds: 900 }, 1],
    ['the delay of the queue', { DelaySeconds: '900' }, {}, 1],
    ['no delay, if the message says so', { DelaySeconds: '900' }, { DelaySeconds: 0 }, 0],
  ])('begins after %s', async (_what, attributes, input, delayed) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue(attributes as Record<string, string>)
    await queue.send('body', input)
    expect(sqs.depth(queue.url)).toEqual({ visible: 1 - delayed, inFlight: 0, delayed })
    sqs.letTimePass(queue.url)
    expect(await queue.receive()).toHaveLength(1)
  })

  it.each([
    ['the queue', { VisibilityTimeout: '1' }, {}],
    ['the receive', {}, { VisibilityTimeout: 1 }],
  ])('ends with a receive for the visibility timeout of %s', async (_what, attributes, input) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue(attributes as Record<string, string>)
    await queue.send('body')
    await queue.receive(input)
    expect(await queue.receive()).toEqual([])
    expect(sqs.depth(queue.url)).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
    await expect.poll(() => sqs.depth(queue.url).visible, { timeout: 5000 }).toBe(1)
    expect(await queue.receive()).toMatchObject([{ Attributes: { ApproximateReceiveCount: '2' } }])
  })

  it('begins at once when the visibility timeout is changed to 0', async () => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [{ ReceiptHandle } = {}] = await queue.receive()
    const change = { QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 }
    await client.send(new ChangeMessageVisibilityCommand(change))
    expect(await queue.receive()).toHaveLength(1)
  })

  it('leaves a message to its latest receiver: an old receipt handle deletes it only once it is visible again', async () => {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [{ ReceiptHandle } = {}] = await queue.receive({ VisibilityTimeout: 0 })
    await queue.receive()
    const remove = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle })
    await client.send(remove)
    expect(sqs.depth(queue.url).inFlight).toBe(1)
    sqs.letTimePass(queue.url)
    await client.send(remove)
    await client.send(remove)
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('is given to one receiver only, of many at once', async () => {
    const queue = await (await openSqs()).queue()
    for (let batch = 0; batch < 5; batch++)
      await queue.sendBatch(...Array.from({ length: 10 }, (_, i) => ({ MessageBody: `${batch}-${i}` })))
    const received = (await Promise.all(Array.from({ length: 10 }, () => queue.receive()))).flat()
    expect(new Set(received.map(({ Body }) => Body))).toHaveLength(50)
    expect(received).toHaveLength(50)
  })

  it('comes first to a message group with fewer messages in flight', async () => {
    const queue = await (await openSqs()).queue()
    const giant = { MessageGroupId: 'giant' }
    await queue.sendBatch(...['1', '2', '3'].map((MessageBody) => ({ MessageBody, ...giant })))
    await queue.receive({ MaxNumberOfMessages: 1 })
    await queue.send('small', { MessageGroupId: 'small' })
    const received = await queue.receive({ MaxNumberOfMessages: 2 })
    expect(received.map(({ Body }) => Body)).toEqual(['small', '2'])
  })
})

describe('a redrive policy at the SQS endpoint', () => {
  it('moves a message to the dead-letter queue on the receive after the last one allowed', async () => {
    const { sqs, ...open } = await openSqs()
    const [queue, deadLetterQueue] = await open.redrivingQueue(2)
    const { MessageId } = await queue.send('poison', { MessageAttributes, MessageGroupId: 'event-1' })
    for (const ApproximateReceiveCount of ['1', '2'])
      expect(await queue.receive({ VisibilityTimeout: 0 })).toMatchObject([
        { Attributes: { ApproximateReceiveCount } },
      ])
    expect(sqs.depth(queue.url).visible).toBe(1)
    await queue.send('fresh')
    expect(await queue.receive()).toMatchObject([{ Body: 'fresh' }])
    expect(await deadLetterQueue.receive()).toMatchObject([
      {
        ...{ MessageId, Body: 'poison', MessageAttributes },
        Attributes: {
          ...{ ApproximateReceiveCount: '3', MessageGroupId: 'event-1' },
          DeadLetterQueueSourceArn: queue.arn,
        },
      },
    ])
  })

  it('moves the message for a long poll too, which does not return it', async () => {
    const { sqs, ...open } = await openSqs()
    const [queue, deadLetterQueue] = await open.redrivingQueue(1)
    await queue.send('poison')
    await queue.receive()
    const received = queue.receive({ WaitTimeSeconds: 1 })
    sqs.letTimePass(queue.url)
    await expect.poll(() => sqs.depth(deadLetterQueue.url).visible).toBe(1)
    expect(await received).toEqual([])
  })
})
