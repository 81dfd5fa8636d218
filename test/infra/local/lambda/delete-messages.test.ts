import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { deleteMessages } from '../../../../infra/local/lambda/event-source-mapping.ts'
import { startTestQueue, type TestQueue } from './start-test-queue.ts'

async function receiveHandles({ sqs, queueUrl }: TestQueue, count: number): Promise<string[]> {
  const handles: string[] = []
  while (handles.length < count) {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
    const { Messages = [] } = await sqs.send(command)
    handles.push(...Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle))
  }
  return handles
}

/** Keeps the entries that `isRefused` names (by receipt handle and count of the request) from the queue. */
function refuse(sqs: SQSClient, isRefused: (handle: string, request: number) => boolean): number[] {
  const requests: number[] = []
  sqs.middlewareStack.add((next, context) => async (args) => {
    if (context.commandName !== 'DeleteMessageBatchCommand') return next(args)
    const input = args.input as { QueueUrl: string; Entries: { Id: string; ReceiptHandle: string }[] }
    const request = requests.push(input.Entries.length)
    const entries = input.Entries.filter(({ ReceiptHandle }) => !isRefused(ReceiptHandle, request))
    if (entries.length === 0) throw new Error('connection lost')
    return next({ ...args, input: { ...input, Entries: entries } } as typeof args)
  })
  return requests
}

it('deletes any number of messages, ten in a request', async () => {
  const queue = await startTestQueue()
  await queue.send(Array.from({ length: 23 }, (_, index) => String(index)))
  const handles = await receiveHandles(queue, 23)
  const requests = refuse(queue.sqs, () => false)
  expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(23)
  expect(requests).toEqual([10, 10, 3])
  expect(await queue.depth()).toBe(0)
})

it('tries once more what was not deleted, and nothing else', async () => {
  const queue = await startTestQueue()
  await queue.send(['a', 'b', 'c'])
  const handles = await receiveHandles(queue, 3)
  const requests = refuse(queue.sqs, (handle, request) => handle === handles[1] && request === 1)
  expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(3)
  expect(requests).toEqual([3, 1])
})

it('tries a request that fails once more, and then leaves the messages to come again', async () => {
  const queue = await startTestQueue()
  await queue.send(['a', 'b'])
  const handles = await receiveHandles(queue, 2)
  const requests = refuse(queue.sqs, () => true)
  expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(0)
  expect(requests).toEqual([2, 2])
  expect(await queue.depth()).toBe(2)
})
