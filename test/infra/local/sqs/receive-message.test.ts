import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

const MessageAttributes = { reason: { DataType: 'String', StringValue: 'phished' } }

describe('receiving from the SQS endpoint', () => {
  it('hands out a message with its body, attributes, group id, trace header and receive count', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    const { MessageId } = await queue.send('body', {
      MessageAttributes,
      MessageGroupId: 'event-1',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    })
    const [message] = await queue.receive()
    expect(message).toMatchObject({
      MessageId,
      Body: 'body',
      MessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'event-1', AWSTraceHeader: 'Root=1' },
    })
    expect(message?.Attributes?.DeadLetterQueueSourceArn).toBeUndefined()
    expect(sqs.messages(queue.url)).toEqual([
      {
        messageId: MessageId,
        body: 'body',
        attributes: { reason: 'phished' },
        receiveCount: 1,
        sentAt: Number(message?.Attributes?.SentTimestamp),
        groupId: 'event-1',
      },
    ])
  })

  it.each([
    ['none', [], undefined],
    ['another', ['other'], undefined],
    ['its name', ['reason'], MessageAttributes],
    ['its prefix', ['rea.*'], MessageAttributes],
  ])('returns a message attribute only when asked for it: %s', async (_what, names, expected) => {
    const queue = await (await openSqs()).queue()
    await queue.send('body', { MessageAttributes })
    const [message] = await queue.receive({ MessageAttributeNames: names, MessageSystemAttributeNames: [] })
    expect(message?.MessageAttributes).toEqual(expected)
    expect(message?.Attributes).toBeUndefined()
  })

  it('hides a received message until its visibility timeout is over', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue({ VisibilityTimeout: '1' })
    await queue.send('body')
    await queue.receive()
    expect(await queue.receive()).toEqual([])
    expect(sqs.depth(queue.url)).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
    const startedAt = Date.now()
    expect(await queue.receive({ WaitTimeSeconds: 5 })).toMatchObject([
      { Attributes: { ApproximateReceiveCount: '2' } },
    ])
    expect(Date.now() - startedAt).toBeGreaterThan(500)
  })

  it('counts a message as visible as soon as its visibility timeout is over', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    await queue.receive({ VisibilityTimeout: 1 })
    await expect.poll(() => sqs.depth(queue.url).visible, { timeout: 5000 }).toBe(1)
  })

  it.each([
    ['of the message', {}, 1],
    ['of the queue', { DelaySeconds: '1' }, undefined],
  ])('holds a message back for the delay %s', async (_what, attributes, DelaySeconds) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue(attributes)
    await queue.send('body', { DelaySeconds })
    expect(await queue.receive()).toEqual([])
    expect(sqs.depth(queue.url)).toEqual({ visible: 0, inFlight: 0, delayed: 1 })
    expect(await queue.receive({ WaitTimeSeconds: 5 })).toHaveLength(1)
  })

  it('makes messages in flight and delayed ones receivable at once when time is let pass', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue({ VisibilityTimeout: '43200' })
    await queue.sendBatch({ MessageBody: 'received' }, { MessageBody: 'delayed', DelaySeconds: 900 })
    await queue.receive()
    expect(sqs.messages(queue.url)).toHaveLength(2)
    sqs.letTimePass(queue.url)
    expect(sqs.depth(queue.url)).toEqual({ visible: 2, inFlight: 0, delayed: 0 })
    expect((await queue.receive()).map(({ Body }) => Body)).toEqual(['received', 'delayed'])
  })

  it('changes the visibility timeout of a message in flight', async () => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [message] = await queue.receive()
    const change = { QueueUrl: queue.url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }
    await client.send(new ChangeMessageVisibilityCommand(change))
    expect(await queue.receive()).toHaveLength(1)
  })

  it('deletes a message by an old receipt handle only while it is visible', async () => {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [first] = await queue.receive({ VisibilityTimeout: 0 })
    await queue.receive()
    const command = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: first?.ReceiptHandle })
    await client.send(command)
    expect(sqs.depth(queue.url).inFlight).toBe(1)
    sqs.letTimePass(queue.url)
    await client.send(command)
    await client.send(command)
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('refuses what is no receipt handle, in a batch only for its entry', async () => {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [message] = await queue.receive()
    const junk = { QueueUrl: queue.url, ReceiptHandle: 'junk' }
    const name = 'ReceiptHandleIsInvalid'
    await expect(client.send(new DeleteMessageCommand(junk))).rejects.toMatchObject({ name })
    const change = new ChangeMessageVisibilityCommand({ ...junk, VisibilityTimeout: 1 })
    await expect(client.send(change)).rejects.toMatchObject({ name })
    const Entries = [message?.ReceiptHandle, 'junk'].map((ReceiptHandle, index) => ({
      Id: `${index}`,
      ReceiptHandle,
    }))
    const answer = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }))
    expect(answer).toMatchObject({ Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: name }] })
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('serves a quiet message group before one that keeps the consumers busy', async () => {
    const queue = await (await openSqs()).queue()
    await queue.sendBatch(
      ...['1', '2', '3', '4'].map((MessageBody) => ({ MessageBody, MessageGroupId: 'giant' })),
    )
    await queue.receive({ MaxNumberOfMessages: 1 })
    await queue.send('small', { MessageGroupId: 'small' })
    const received = await queue.receive({ MaxNumberOfMessages: 2 })
    expect(received.map(({ Body }) => Body)).toEqual(['small', '2'])
  })
})
