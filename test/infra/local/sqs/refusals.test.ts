import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  InvalidMessageContents,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

const MEBIBYTE = 1024 * 1024
const text = (StringValue: string) => ({ DataType: 'String', StringValue })
const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, text('value')]))

const messages = [
  ['a body with U+0000', { MessageBody: 'a\u0000' }, 'InvalidMessageContents'],
  ['a body with U+FFFE', { MessageBody: 'a\uFFFE' }, 'InvalidMessageContents'],
  ['a body with half a surrogate pair', { MessageBody: 'a\uD800' }, 'InvalidMessageContents'],
  ['an attribute with U+0008', { MessageAttributes: { name: text('\b') } }, 'InvalidMessageContents'],
  ['an empty body', { MessageBody: '' }, 'MissingParameter'],
  ['an empty attribute', { MessageAttributes: { name: text('') } }, 'InvalidParameterValue'],
  [
    'an attribute without a type',
    { MessageAttributes: { name: { DataType: 'Text' } } },
    'InvalidParameterValue',
  ],
  [
    'an attribute name with a space',
    { MessageAttributes: { 'a b': text('value') } },
    'InvalidParameterValue',
  ],
  ['eleven attributes', { MessageAttributes: attributes(11) }, 'InvalidParameterValue'],
  ['a delay of 901 seconds', { DelaySeconds: 901 }, 'InvalidParameterValue'],
  ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
  ['a group id with a space', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
] as const

const tooLong = [
  ['a body of 1 MiB and a byte', { MessageBody: 'x'.repeat(MEBIBYTE + 1) }],
  [
    'a body of 1 MiB and an attribute',
    { MessageBody: 'x'.repeat(MEBIBYTE), MessageAttributes: attributes(1) },
  ],
] as const

describe('a message that SQS refuses', () => {
  it.each([...messages, ...tooLong.map(([what, input]) => [what, input, 'InvalidParameterValue'] as const)])(
    'is not sent: %s',
    async (_what, input, name) => {
      const { sqs, ...open } = await openSqs()
      const queue = await open.queue()
      await expect(queue.send('body', { ...input })).rejects.toMatchObject({ name })
      expect(sqs.messages(queue.url)).toEqual([])
    },
  )

  it.each(messages)('fails only its entry of a batch: %s', async (_what, input, Code) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    const { Successful, Failed } = await queue.sendBatch({}, input, {})
    expect(Successful?.map(({ Id }) => Id)).toEqual(['0', '2'])
    expect(Failed).toMatchObject([{ Id: '1', Code, SenderFault: true }])
    expect(sqs.depth(queue.url).visible).toBe(2)
  })
})

describe('a batch that SQS refuses as a whole', () => {
  it.each([
    ['no entries', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, () => ({})), 'TooManyEntriesInBatchRequest'],
    ['the same id twice', [{ Id: 'a' }, { Id: 'a' }], 'BatchEntryIdsNotDistinct'],
    ['an id with a dot', [{ Id: 'a.b' }], 'InvalidBatchEntryId'],
    ['an id of 81 characters', [{ Id: 'a'.repeat(81) }], 'InvalidBatchEntryId'],
    ['over 1 MiB in all', [{ MessageBody: 'x'.repeat(MEBIBYTE) }, {}], 'BatchRequestTooLong'],
    [
      'over 1 MiB with its attributes',
      [{ MessageBody: 'x'.repeat(MEBIBYTE - 8) }, { MessageAttributes: attributes(1) }],
      'BatchRequestTooLong',
    ],
  ] as const)('has %s', async (_what, entries, name) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    await expect(queue.sendBatch(...entries)).rejects.toMatchObject({ name })
    expect(sqs.messages(queue.url)).toEqual([])
  })
})

describe('a receive that SQS refuses', () => {
  it.each([
    { MaxNumberOfMessages: 0 },
    { MaxNumberOfMessages: 11 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: -1 },
    { VisibilityTimeout: 43_201 },
  ])('has %j', async (input) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    await expect(queue.receive(input)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    expect(sqs.depth(queue.url).visible).toBe(1)
  })
})

describe('a receipt handle that SQS refuses', () => {
  async function openReceived() {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('body')
    const [{ ReceiptHandle } = {}] = await queue.receive()
    const of = (handle: string | undefined) => ({ QueueUrl: queue.url, ReceiptHandle: handle })
    const entries = [ReceiptHandle, 'junk'].map((handle, index) => ({
      Id: `${index}`,
      ReceiptHandle: handle,
    }))
    return { sqs, client, queue, of, valid: of(ReceiptHandle), junk: of('junk'), entries }
  }

  it('is none that a receive returned', async () => {
    const { client, junk } = await openReceived()
    await expect(client.send(new DeleteMessageCommand(junk))).rejects.toBeInstanceOf(ReceiptHandleIsInvalid)
    const change = new ChangeMessageVisibilityCommand({ ...junk, VisibilityTimeout: 1 })
    await expect(client.send(change)).rejects.toBeInstanceOf(ReceiptHandleIsInvalid)
  })

  it('fails only its entry of a batch', async () => {
    const { sqs, client, queue, entries } = await openReceived()
    const expected = { Successful: [{ Id: '0' }], Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid' }] }
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 9 }))
    const change = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries })
    expect(await client.send(change)).toMatchObject(expected)
    const remove = new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries: entries })
    expect(await client.send(remove)).toMatchObject(expected)
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('is of a message that is not in flight, when its visibility timeout is to change', async () => {
    const { client, valid } = await openReceived()
    const change = (VisibilityTimeout: number) =>
      client.send(new ChangeMessageVisibilityCommand({ ...valid, VisibilityTimeout }))
    await expect(change(43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await change(0)
    await expect(change(1)).rejects.toMatchObject({ name: 'MessageNotInflight' })
  })
})

describe('a queue that SQS refuses', () => {
  it.each([
    ['a visibility timeout over 12 hours', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['a retention period under a minute', { MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
    ['a delay that is not a number', { DelaySeconds: 'soon' }, 'InvalidAttributeValue'],
    ['an unknown attribute', { Nonsense: '1' }, 'InvalidAttributeName'],
    ['an order, which is not supported here', { FifoQueue: 'true' }, 'InvalidParameterValue'],
    ['a redrive policy that is not JSON', { RedrivePolicy: '{' }, 'InvalidParameterValue'],
  ])('has %s', async (_what, Attributes, name) => {
    const { client } = await openSqs()
    const create = new CreateQueueCommand({
      QueueName: 'bad',
      Attributes: Attributes as Record<string, string>,
    })
    await expect(client.send(create)).rejects.toMatchObject({ name })
  })

  it.each([
    ['names no queue', { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none' }],
    ['has a receive count of 0', { maxReceiveCount: 0 }],
    ['has a receive count of 1001', { maxReceiveCount: 1001 }],
    ['has no receive count', { maxReceiveCount: undefined }],
  ])('has a redrive policy that %s', async (_what, policy) => {
    const open = await openSqs()
    const { arn } = await open.queue()
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1, ...policy })
    await expect(open.queue({ RedrivePolicy })).rejects.toMatchObject({ code: 'InvalidParameterValue' })
  })

  it('exists with other attributes', async () => {
    const { client } = await openSqs()
    const create = (VisibilityTimeout: string) =>
      client.send(new CreateQueueCommand({ QueueName: 'twice', Attributes: { VisibilityTimeout } }))
    expect((await create('7')).QueueUrl).toBe((await create('7')).QueueUrl)
    await expect(create('8')).rejects.toMatchObject({ name: 'QueueNameExists' })
  })
})

describe('errors of the SQS endpoint', () => {
  it('are classes of their own for the SDK', async () => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue()
    await expect(queue.send('\u0000')).rejects.toBeInstanceOf(InvalidMessageContents)
    const elsewhere = new SendMessageCommand({ QueueUrl: `${queue.url}-not`, MessageBody: 'body' })
    await expect(client.send(elsewhere)).rejects.toBeInstanceOf(QueueDoesNotExist)
    const unsupported = new PurgeQueueCommand({ QueueUrl: queue.url })
    await expect(client.send(unsupported)).rejects.toMatchObject({ name: 'InvalidAction' })
  })

  it.each([
    ['QueueDoesNotExist', {}, 'AWS.SimpleQueueService.NonExistentQueue'],
    ['EmptyBatchRequest', { Entries: [] }, 'AWS.SimpleQueueService.EmptyBatchRequest'],
    ['InvalidParameterValue', { Entries: 1 }, 'InvalidParameterValue'],
  ])('have a code of the older protocol too: %s', async (code, input, queryCode) => {
    const { sqs, ...open } = await openSqs()
    const { url } = await open.queue()
    const QueueUrl = code === 'QueueDoesNotExist' ? `${url}-not` : url
    const answer = await ask(sqs.endpoint, 'SendMessageBatch', JSON.stringify({ QueueUrl, ...input }))
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-amzn-query-error')).toBe(`${queryCode};Sender`)
    expect(await answer.json()).toMatchObject({ __type: `com.amazonaws.sqs#${code}` })
  })

  it.each([
    ['[', 'SerializationException'],
    ['[]', 'com.amazonaws.sqs#InvalidParameterValue'],
    ['{"QueueUrl":1}', 'com.amazonaws.sqs#InvalidParameterValue'],
  ])('answer a body that is not JSON, or not of the action: %s', async (body, __type) => {
    const { sqs } = await openSqs()
    expect(await (await ask(sqs.endpoint, 'SendMessage', body)).json()).toMatchObject({ __type })
  })
})

function ask(endpoint: string, action: string, body: string): Promise<Response> {
  return fetch(endpoint, { method: 'POST', headers: { 'x-amz-target': `AmazonSQS.${action}` }, body })
}
