import {
  CreateQueueCommand,
  ListDeadLetterSourceQueuesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

describe('dead-letter queues of the SQS endpoint', () => {
  it('moves a message that was received maxReceiveCount times to the dead-letter queue on the next receive', async () => {
    const { sqs, ...open } = await openSqs()
    const [queue, deadLetterQueue] = await open.redrivingQueue(2)
    const MessageAttributes = { reason: { DataType: 'String', StringValue: 'phished' } }
    const { MessageId } = await queue.send('poison', { MessageAttributes, MessageGroupId: 'event-1' })
    for (const count of ['1', '2'])
      expect(await queue.receive({ VisibilityTimeout: 0 })).toMatchObject([
        { Attributes: { ApproximateReceiveCount: count } },
      ])
    expect(sqs.depth(queue.url).visible).toBe(1)
    await queue.send('fresh')
    expect(await queue.receive()).toMatchObject([{ Body: 'fresh' }])
    expect(await deadLetterQueue.receive()).toMatchObject([
      {
        MessageId,
        Body: 'poison',
        MessageAttributes,
        Attributes: {
          ApproximateReceiveCount: '3',
          MessageGroupId: 'event-1',
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

  it('lists the queues that name a dead-letter queue', async () => {
    const { client, ...open } = await openSqs()
    const [queue, deadLetterQueue] = await open.redrivingQueue(2)
    const command = new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetterQueue.url })
    expect((await client.send(command)).queueUrls).toEqual([queue.url])
  })

  it.each([
    [
      'names no queue',
      { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none', maxReceiveCount: 1 },
    ],
    ['has a receive count of 0', { maxReceiveCount: 0 }],
    ['has no receive count', {}],
  ])('refuses a redrive policy that %s', async (_what, policy) => {
    const { client, ...open } = await openSqs()
    const [queue, deadLetterQueue] = await open.redrivingQueue(2)
    const Attributes = {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, ...policy }),
    }
    const name = 'InvalidParameterValue'
    const create = new CreateQueueCommand({ QueueName: 'other', Attributes })
    await expect(client.send(create)).rejects.toMatchObject({ name })
    const change = new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes })
    await expect(client.send(change)).rejects.toMatchObject({ name })
  })

  it.each([
    ['denies all', { redrivePermission: 'denyAll' }],
    ['allows another queue', { redrivePermission: 'byQueue', sourceQueueArns: ['arn:other'] }],
  ])('refuses a dead-letter queue that %s', async (_what, allow) => {
    const open = await openSqs()
    const { arn } = await open.queue({ RedriveAllowPolicy: JSON.stringify(allow) })
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 })
    await expect(open.queue({ RedrivePolicy })).rejects.toThrow('does not permit')
  })
})
