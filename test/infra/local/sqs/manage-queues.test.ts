import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { createPurgeQueue } from '../../../../infra/local/sqs/create-purge-queue.ts'
import { refreshQueue } from '../../../../infra/local/sqs/refresh-queue.ts'
import { SqsStore } from '../../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { openSqs } from './open-sqs.ts'

describe('queues of the SQS endpoint', () => {
  it('names queues as account 000000000000 in us-east-1, with a URL on its own address', async () => {
    const { sqs, client, ...open } = await openSqs()
    const { url, arn } = await open.queue({ VisibilityTimeout: '360' })
    expect(url).toBe(`${sqs.endpoint}/000000000000/queue-1`)
    expect(sqs.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'queue-1' }))).QueueUrl).toBe(url)
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })
    expect((await client.send(command)).Attributes).toMatchObject({ QueueArn: arn, VisibilityTimeout: '360' })
  })

  it('creates a queue again only with the same attributes', async () => {
    const { client } = await openSqs()
    const create = (VisibilityTimeout: string) =>
      client.send(new CreateQueueCommand({ QueueName: 'twice', Attributes: { VisibilityTimeout } }))
    expect((await create('7')).QueueUrl).toBe((await create('7')).QueueUrl)
    await expect(create('8')).rejects.toMatchObject({ name: 'QueueNameExists' })
  })

  it.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ FifoQueue: 'true' }, 'InvalidParameterValue'],
  ])('refuses a queue with %j', async (Attributes, name) => {
    const { client } = await openSqs()
    const create = new CreateQueueCommand({ QueueName: 'bad', Attributes })
    await expect(client.send(create)).rejects.toMatchObject({ name })
  })

  it('counts visible, received and delayed messages in the queue attributes', async () => {
    const { client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.sendBatch({}, {}, {}, { DelaySeconds: 900 })
    await queue.receive({ MaxNumberOfMessages: 1 })
    const command = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] })
    expect((await client.send(command)).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    })
  })

  it('purges a queue, and refuses to do so again within 60 seconds', async () => {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    await queue.sendBatch({}, { DelaySeconds: 900 })
    const purge = new PurgeQueueCommand({ QueueUrl: queue.url })
    await client.send(purge)
    expect(sqs.messages(queue.url)).toEqual([])
    await expect(client.send(purge)).rejects.toMatchObject({ name: 'PurgeQueueInProgress' })
  })

  it('purges a queue again after 60 seconds', () => {
    let now = 0
    const purge = createPurgeQueue(() => now)
    const queue = new SqsStore().createQueue('queue', 'url', 'arn')
    purge(queue)
    now = 59_999
    expect(() => purge(queue)).toThrow('60 seconds')
    now = 60_000
    expect(purge(queue)).toEqual({})
  })

  it('forgets a message past the retention period', () => {
    const queue = new SqsStore().createQueue('queue', 'url', 'arn', { MessageRetentionPeriod: '60' })
    const message = SqsStore.createMessage('body')
    queue.enqueue(message)
    refreshQueue(queue, message.sentTimestamp + 60_000)
    expect(queue.messages).toHaveLength(1)
    refreshQueue(queue, message.sentTimestamp + 61_000)
    expect(queue.messages).toEqual([])
  })

  it('refuses an action that SQS does not have, and a body that does not fit', async () => {
    const { sqs, client, ...open } = await openSqs()
    const queue = await open.queue()
    const ask = async (action: string, body: string) => {
      const headers = { 'x-amz-target': `AmazonSQS.${action}` }
      return (await fetch(sqs.endpoint, { method: 'POST', headers, body })).json()
    }
    expect(await ask('Nonsense', '{}')).toMatchObject({ __type: 'com.amazonaws.sqs#InvalidAction' })
    expect(await ask('SendMessage', '[')).toMatchObject({ __type: 'SerializationException' })
    expect(await ask('SendMessage', '{"QueueUrl":1}')).toMatchObject({
      __type: 'com.amazonaws.sqs#InvalidParameterValue',
    })
    await client.send(new TagQueueCommand({ QueueUrl: queue.url, Tags: { stage: 'dev' } }))
  })
})
