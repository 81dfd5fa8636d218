import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  deleteMessages,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../../infra/local/lambda/event-source-mapping.ts'
import type { InvocationResult } from '../../../../infra/local/lambda/execution-environment.ts'
import { startTestQueue, type TestQueue } from './start-test-queue.ts'

const DONE: InvocationResult = { kind: 'answered', payload: { batchItemFailures: [] }, durationMs: 1 }
const bodies = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`)

function startMapping(queue: TestQueue, overrides: Partial<EventSourceMappingOptions> = {}) {
  const events: SQSEvent[] = []
  const { invoke = async () => DONE, ...others } = overrides
  const mapping = startEventSourceMapping({
    sqs: queue.sqs,
    queueUrl: queue.queueUrl,
    queueArn: queue.queueArn,
    batchSize: 10,
    windowSeconds: 0,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    invoke(event) {
      events.push(event)
      return invoke(event)
    },
    ...others,
  })
  onTestFinished(() => mapping.stop())
  return { ...mapping, events }
}

/** Tells when the queue is asked for messages for the nth time. */
function watchReceives(queue: TestQueue) {
  const asked = Array.from({ length: 3 }, () => Promise.withResolvers<void>())
  let receives = 0
  queue.sqs.middlewareStack.add((next, context) => (args) => {
    if (context.commandName === 'ReceiveMessageCommand') asked[receives++]?.resolve()
    return next(args)
  })
  return { nth: (n: number) => asked[n - 1]?.promise }
}

const failFirst = async ({ Records }: SQSEvent): Promise<InvocationResult> => ({
  ...DONE,
  payload: { batchItemFailures: [{ itemIdentifier: Records[0]?.messageId }] },
})

describe('a batch', () => {
  it('is delivered once, and its acknowledged messages leave the queue', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(23))
    const { events } = startMapping(queue)
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 5000)
    const delivered = events.flatMap(({ Records }) => Records.map(({ body }) => body))
    expect(delivered.sort()).toEqual(bodies(23).sort())
  })

  it('leaves failed messages to the visibility timeout, after which they are received again', async () => {
    const queue = await startTestQueue({ VisibilityTimeout: '1' })
    await queue.send(bodies(3))
    const onBatch = vi.fn()
    const invoke = vi.fn(async () => DONE).mockImplementationOnce(failFirst as never)
    const { events } = startMapping(queue, { maximumConcurrency: 1, invoke, onBatch })
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 8000)
    const ids = events[0]?.Records.map(({ messageId }) => messageId) ?? []
    expect(events).toHaveLength(2)
    expect(events[1]?.Records).toMatchObject([
      { messageId: ids[0], attributes: { ApproximateReceiveCount: '2' } },
    ])
    expect(onBatch.mock.calls).toMatchObject([
      [{ acknowledged: ids.slice(1), failed: [ids[0]], deleted: 2 }],
      [{ acknowledged: [ids[0]], failed: [], deleted: 1 }],
    ])
  })

  it('stays on the queue when the invocation fails', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(2))
    const onBatch = vi.fn()
    const failed = { kind: 'failed', errorType: 'Sandbox.Timedout', errorMessage: '', durationMs: 1 } as const
    startMapping(queue, { invoke: async () => failed, onBatch })
    await vi.waitFor(() => expect(onBatch).toHaveBeenCalled(), 5000)
    expect(onBatch.mock.calls[0]).toMatchObject([{ acknowledged: [], deleted: 0 }])
    const [{ records, failed: messageIds, startedAt, endedAt }] = onBatch.mock.calls[0] ?? []
    expect(records.map(({ messageId }: { messageId: string }) => messageId)).toEqual(messageIds)
    expect(endedAt).toBeGreaterThanOrEqual(startedAt)
    expect(await queue.depth()).toBe(2)
  })

  it('above ten messages is gathered within the window', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(23))
    const { events } = startMapping(queue, { batchSize: 25, windowSeconds: 20, maximumConcurrency: 1 })
    await queue.send(bodies(3))
    await vi.waitFor(() => expect(events).toHaveLength(1), 5000)
    expect(events[0]?.Records).toHaveLength(25)
  })

  it('is invoked at the end of the window, even with few messages', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(3))
    const { events } = startMapping(queue, { windowSeconds: 1, maximumConcurrency: 1 })
    await vi.waitFor(() => expect(events[0]?.Records).toHaveLength(3), 5000)
  })

  it('gathers what is sent during the window', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(1))
    const receives = watchReceives(queue)
    const { events } = startMapping(queue, { batchSize: 100, windowSeconds: 2, maximumConcurrency: 1 })
    await receives.nth(2)
    await queue.send(bodies(30))
    await vi.waitFor(() => expect(events).toHaveLength(1), 8000)
    expect(events[0]?.Records).toHaveLength(31)
  })

  it('is invoked before the window ends when its payload is full, and no payload is above 6 MB', async () => {
    const queue = await startTestQueue()
    for (const letter of 'abcdefg') await queue.send([letter.repeat(1_048_576)])
    const { events } = startMapping(queue, { batchSize: 100, windowSeconds: 300, maximumConcurrency: 1 })
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 8000)
    expect(events.map(({ Records }) => Records.length)).toEqual([5, 2])
    const sizes = events.map((event) => Buffer.byteLength(JSON.stringify(event)))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024)
  })

  it.each([
    [{ batchSize: 11 }, 'MaximumBatchingWindowInSeconds must be 1 or more for a BatchSize above 10'],
    [{ batchSize: 0 }, 'BatchSize must be a whole number from 1 to 10000'],
    [{ batchSize: 10_001, windowSeconds: 1 }, 'BatchSize must be a whole number from 1 to 10000'],
    [{ windowSeconds: 301 }, 'MaximumBatchingWindowInSeconds must be a whole number from 0 to 300'],
    [{ windowSeconds: -1 }, 'MaximumBatchingWindowInSeconds must be a whole number from 0 to 300'],
  ])('can not be had as AWS does not offer it: %j', async (settings, refusal) => {
    const queue = await startTestQueue()
    expect(() => startMapping(queue, settings)).toThrow(refusal)
  })
})

describe('the pollers', () => {
  it('run as many invocations at once as allowed, and no more', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(12))
    let atOnce = 0
    let most = 0
    startMapping(queue, {
      batchSize: 1,
      maximumConcurrency: 3,
      async invoke() {
        most = Math.max(most, ++atOnce)
        await vi.waitFor(() => expect(most).toBeGreaterThanOrEqual(3), 5000)
        atOnce--
        return DONE
      },
    })
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 5000)
    expect(most).toBe(3)
  })

  it('continue after a failed receive', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(1))
    let failures = 2
    queue.sqs.middlewareStack.add((next, context) => async (args) => {
      if (context.commandName === 'ReceiveMessageCommand' && failures-- > 0) throw new Error('no answer')
      return next(args)
    })
    const onReceiveError = vi.fn()
    startMapping(queue, { maximumConcurrency: 1, onReceiveError })
    await vi.waitFor(async () => expect(await queue.depth()).toBe(0), 5000)
    expect(onReceiveError).toHaveBeenCalledTimes(2)
  })
})

it('delivers, before it is paused, what SQS had just handed out', async () => {
  const queue = await startTestQueue()
  await queue.send(['message'])
  const handedOut = Promise.withResolvers<void>()
  const paused = Promise.withResolvers<void>()
  const send = async (command: ReceiveMessageCommand, options?: { abortSignal?: AbortSignal }) => {
    const answer = await queue.sqs.send(command)
    if (command instanceof ReceiveMessageCommand && answer.Messages) {
      handedOut.resolve()
      await paused.promise
      options?.abortSignal?.throwIfAborted()
    }
    return answer
  }
  const { events, pause } = startMapping(queue, { sqs: { send } as SQSClient, maximumConcurrency: 1 })
  await handedOut.promise
  const pausing = pause()
  paused.resolve()
  await pausing
  expect(events).toHaveLength(1)
  expect(await queue.depth()).toBe(0)
})

describe('stop', () => {
  it('ends a long poll early', async () => {
    const mapping = startMapping(await startTestQueue())
    const startedAt = performance.now()
    await mapping.stop()
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('waits for the invocations in progress and deletes what they acknowledge', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(1))
    const finish = Promise.withResolvers<InvocationResult>()
    const mapping = startMapping(queue, { invoke: () => finish.promise })
    await vi.waitFor(() => expect(mapping.events).toHaveLength(1), 5000)
    const stopped = mapping.stop()
    finish.resolve(DONE)
    await stopped
    expect(await queue.depth()).toBe(0)
  })

  it('cuts the window short and still invokes with what was received', async () => {
    const queue = await startTestQueue()
    await queue.send(bodies(2))
    const receives = watchReceives(queue)
    const mapping = startMapping(queue, { windowSeconds: 300, maximumConcurrency: 1 })
    await receives.nth(2)
    await mapping.stop()
    expect(mapping.events[0]?.Records).toHaveLength(2)
    expect(await queue.depth()).toBe(0)
  })
})

async function receiveHandles({ sqs, queueUrl }: TestQueue, count: number): Promise<string[]> {
  const handles: string[] = []
  while (handles.length < count) {
    const command = new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 })
    const { Messages = [] } = await sqs.send(command)
    handles.push(...Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle))
  }
  return handles
}

/** Does not send the entries that `isRefused` names, by receipt handle and number of the request. Returns the sizes of the requests. */
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

describe('an acknowledged batch', () => {
  it('is deleted ten messages at a time', async () => {
    const queue = await startTestQueue()
    await queue.send(Array.from({ length: 23 }, (_, index) => String(index)))
    const handles = await receiveHandles(queue, 23)
    const requests = refuse(queue.sqs, () => false)
    expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(23)
    expect(requests).toEqual([10, 10, 3])
    expect(await queue.depth()).toBe(0)
  })

  it('is tried once more where it was not deleted, and only there', async () => {
    const queue = await startTestQueue()
    await queue.send(['a', 'b', 'c'])
    const handles = await receiveHandles(queue, 3)
    const requests = refuse(queue.sqs, (handle, request) => handle === handles[1] && request === 1)
    expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(3)
    expect(requests).toEqual([3, 1])
  })

  it('is left on the queue after a request that failed twice', async () => {
    const queue = await startTestQueue()
    await queue.send(['a', 'b'])
    const handles = await receiveHandles(queue, 2)
    const requests = refuse(queue.sqs, () => true)
    expect(await deleteMessages(queue.sqs, queue.queueUrl, handles)).toBe(0)
    expect(requests).toEqual([2, 2])
    expect(await queue.depth()).toBe(2)
  })
})
