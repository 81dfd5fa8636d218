import { InvalidMessageContents, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

const MEBIBYTE = 1024 * 1024
const text = (StringValue: string) => ({ DataType: 'String', StringValue })
const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, text('value')]))

const refused = [
  ['a body with U+0000', { MessageBody: 'a\u0000' }, 'InvalidMessageContents'],
  ['a body with U+FFFE', { MessageBody: 'a\uFFFE' }, 'InvalidMessageContents'],
  ['a body with half a surrogate pair', { MessageBody: 'a\uD800' }, 'InvalidMessageContents'],
  ['an attribute with U+0008', { MessageAttributes: { name: text('\b') } }, 'InvalidMessageContents'],
  ['an empty body', { MessageBody: '' }, 'MissingParameter'],
  ['an empty attribute', { MessageAttributes: { name: text('') } }, 'InvalidParameterValue'],
  ['an attribute of no type', { MessageAttributes: { name: { DataType: 'Text' } } }, 'InvalidParameterValue'],
  ['eleven attributes', { MessageAttributes: attributes(11) }, 'InvalidParameterValue'],
  ['a delay of 901 seconds', { DelaySeconds: 901 }, 'InvalidParameterValue'],
  ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
  ['a group id with a space', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
] as const

const tooLong = [
  ['a body of 1 MiB and a byte', { MessageBody: 'x'.repeat(MEBIBYTE + 1) }],
  [
    'a body that attributes lengthen beyond 1 MiB',
    { MessageBody: 'x'.repeat(MEBIBYTE), MessageAttributes: attributes(1) },
  ],
] as const

const inputOf = (input: object) => ({ MessageBody: 'body', ...input })

describe('sending to the SQS endpoint', () => {
  it.each([...refused, ...tooLong.map(([what, input]) => [what, input, 'InvalidParameterValue'] as const)])(
    'refuses %s',
    async (_what, input, name) => {
      const { sqs, ...open } = await openSqs()
      const queue = await open.queue()
      await expect(queue.send('body', inputOf(input))).rejects.toMatchObject({ name })
      expect(sqs.messages(queue.url)).toEqual([])
    },
  )

  it.each(refused)('fails only the entry of a batch that has %s', async (_what, input, Code) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    const { Successful, Failed } = await queue.sendBatch({}, input, {})
    expect(Successful?.map(({ Id }) => Id)).toEqual(['0', '2'])
    expect(Failed).toMatchObject([{ Id: '1', Code, SenderFault: true }])
    expect(sqs.depth(queue.url).visible).toBe(2)
  })

  it.each([
    ['no entries', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, () => ({})), 'TooManyEntriesInBatchRequest'],
    ['the same id twice', [{ Id: 'a' }, { Id: 'a' }], 'BatchEntryIdsNotDistinct'],
    ['an id with a dot', [{ Id: 'a.b' }], 'InvalidBatchEntryId'],
    [
      'over 1 MiB in all',
      [{ MessageBody: 'x'.repeat(MEBIBYTE) }, { MessageBody: 'x' }],
      'BatchRequestTooLong',
    ],
    [
      'over 1 MiB with its attributes',
      [{ MessageBody: 'x'.repeat(MEBIBYTE - 5) }, { MessageBody: 'x', MessageAttributes: attributes(1) }],
      'BatchRequestTooLong',
    ],
  ] as const)('refuses a batch with %s', async (_what, entries, name) => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    await expect(queue.sendBatch(...entries)).rejects.toMatchObject({ name })
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('takes a message and a batch of exactly 1 MiB', async () => {
    const { sqs, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.send('é'.repeat(MEBIBYTE / 2))
    const half = { MessageBody: 'x'.repeat(MEBIBYTE / 2) }
    expect((await queue.sendBatch(half, half)).Successful).toHaveLength(2)
    expect(sqs.depth(queue.url).visible).toBe(3)
  })

  it('takes tabs, line breaks and characters beyond U+FFFF', async () => {
    const queue = await (await openSqs()).queue()
    await queue.send('\t\r\n\u{1F512}\u{10FFFF}', { MessageAttributes: attributes(10) })
    expect(await queue.receive()).toMatchObject([{ Body: '\t\r\n\u{1F512}\u{10FFFF}' }])
  })

  it('answers with exceptions that the SDK knows as its own classes', async () => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue()
    await expect(queue.send('\u0000')).rejects.toBeInstanceOf(InvalidMessageContents)
    const elsewhere = new SendMessageBatchCommand({ QueueUrl: `${queue.url}-not`, Entries: [] })
    await expect(client.send(elsewhere)).rejects.toMatchObject({ name: 'QueueDoesNotExist' })
  })
})
