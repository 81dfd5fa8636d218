import { setTimeout } from 'node:timers/promises'
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

async function openRedrive() {
  const { sqs, client, ...open } = await openSqs()
  const [queue, deadLetterQueue] = await open.redrivingQueue(1)
  const lastTask = async () => {
    const command = new ListMessageMoveTasksCommand({ SourceArn: deadLetterQueue.arn })
    return (await client.send(command)).Results?.[0]
  }
  const start = (input?: Partial<StartMessageMoveTaskCommandInput>) =>
    client.send(new StartMessageMoveTaskCommand({ SourceArn: deadLetterQueue.arn, ...input }))
  return { sqs, client, queue, deadLetterQueue, start, lastTask }
}

describe('message move tasks of the SQS endpoint', () => {
  it('moves a dead letter back to the queue it came from, as a new message', async () => {
    const { queue, deadLetterQueue, sqs, start, lastTask } = await openRedrive()
    const MessageAttributes = { reason: { DataType: 'String', StringValue: 'phished' } }
    const { MessageId } = await queue.send('poison', { MessageAttributes, MessageGroupId: 'event-1' })
    await queue.receive({ VisibilityTimeout: 0 })
    await queue.receive()
    expect(sqs.depth(deadLetterQueue.url).visible).toBe(1)
    await start()
    await expect.poll(lastTask).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 })
    const [message] = await queue.receive()
    expect(message).toMatchObject({
      Body: 'poison',
      MessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'event-1' },
    })
    expect(message?.MessageId).not.toBe(MessageId)
    expect(message?.Attributes?.DeadLetterQueueSourceArn).toBeUndefined()
    expect(sqs.messages(deadLetterQueue.url)).toEqual([])
  })

  it('fails without a destination on a message that was sent to the dead-letter queue by hand', async () => {
    const { deadLetterQueue, sqs, start, lastTask } = await openRedrive()
    await deadLetterQueue.send('by hand')
    await start()
    await expect.poll(lastTask).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
      ApproximateNumberOfMessagesMoved: 0,
    })
    expect(sqs.depth(deadLetterQueue.url).visible).toBe(1)
  })

  it('moves messages sent by hand to the destination of its request, but none in flight', async () => {
    const { queue, deadLetterQueue, sqs, start, lastTask } = await openRedrive()
    await deadLetterQueue.send('in flight')
    await deadLetterQueue.receive()
    await deadLetterQueue.sendBatch({}, {}, {})
    await start({ DestinationArn: queue.arn })
    await expect.poll(lastTask).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 })
    expect(sqs.depth(queue.url).visible).toBe(3)
    expect(sqs.messages(deadLetterQueue.url)).toMatchObject([{ body: 'in flight' }])
  })

  it('completes even if what it moves comes back to the dead-letter queue', async () => {
    const { deadLetterQueue, sqs, start, lastTask } = await openRedrive()
    await deadLetterQueue.sendBatch({}, {})
    await start({ DestinationArn: deadLetterQueue.arn })
    await expect.poll(lastTask).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 })
    expect(sqs.depth(deadLetterQueue.url).visible).toBe(2)
  })

  it('keeps to its rate, is the only one on its queue, and can be cancelled', async () => {
    const { client, queue, deadLetterQueue, sqs, start, lastTask } = await openRedrive()
    for (let batch = 0; batch < 2; batch++) await deadLetterQueue.sendBatch(...Array(10).fill({}))
    const { TaskHandle } = await start({ DestinationArn: queue.arn, MaxNumberOfMessagesPerSecond: 10 })
    await expect(start()).rejects.toThrow('already a task running')
    expect(await lastTask()).toMatchObject({ Status: 'RUNNING', TaskHandle })
    await expect.poll(() => sqs.depth(queue.url).visible).toBeGreaterThan(0)
    const cancel = new CancelMessageMoveTaskCommand({ TaskHandle })
    await client.send(cancel)
    await expect.poll(lastTask).toMatchObject({ Status: 'CANCELLED' })
    const moved = sqs.depth(queue.url).visible
    await setTimeout(300)
    expect(sqs.depth(queue.url).visible).toBe(moved)
    expect(sqs.depth(deadLetterQueue.url).visible).toBeGreaterThan(10)
    await expect(client.send(cancel)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('refuses a source that is not a dead-letter queue, and a destination that does not exist', async () => {
    const { queue, start } = await openRedrive()
    await expect(start({ SourceArn: queue.arn })).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    const missing = `${queue.arn}-not`
    for (const input of [{ SourceArn: missing }, { DestinationArn: missing }])
      await expect(start(input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
