import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DeleteMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SqsMessage } from '../../../../infra/local/sqs/message.ts'
import { createQueue } from '../../../../infra/local/sqs/queue.ts'
import { ReceiveSchema, receiveMessages } from '../../../../infra/local/sqs/receive-messages.ts'
import { openSqs } from './open-sqs.ts'

const WaitTimeSeconds = 20
/** Well before the end of such a wait, also on a busy machine. */
const SOON_MS = 5000

/** An interceptor that lets every request pass, and a promise of the moment when `count` receives have arrived. */
function countReceives(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count
  const intercept = async ({ action }: { action: string }) => {
    if (action === 'ReceiveMessage' && --left === 0) resolve()
    return 'pass' as const
  }
  return { intercept, polling: promise }
}

/** How many ms a promise takes. */
async function durationOf(promise: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await promise
  return performance.now() - startedAt
}

describe('a long poll of the SQS endpoint', () => {
  it('returns when a message is sent', async () => {
    const { intercept, polling } = countReceives(1)
    const queue = await (await openSqs(intercept)).queue()
    const received = queue.receive({ WaitTimeSeconds })
    await polling
    await queue.send('body')
    expect(await durationOf(received)).toBeLessThan(SOON_MS)
    expect(await received).toHaveLength(1)
  })

  it.each([
    ['delay is over', { DelaySeconds: 1 }, false],
    ['visibility timeout is over', {}, true],
  ])('returns as soon as a %s', async (_what, input, isReceivedBefore) => {
    const queue = await (await openSqs()).queue({ VisibilityTimeout: '1' })
    await queue.send('body', input)
    if (isReceivedBefore) await queue.receive()
    const received = queue.receive({ WaitTimeSeconds })
    const ms = await durationOf(received)
    expect(await received).toHaveLength(1)
    expect(ms).toBeGreaterThan(800)
    expect(ms).toBeLessThan(SOON_MS)
  })

  it('returns as soon as the visibility timeout of a receiver that was faster is over', async () => {
    const { intercept, polling } = countReceives(1)
    const queue = await (await openSqs(intercept)).queue({ VisibilityTimeout: '1' })
    const polls = [queue.receive({ WaitTimeSeconds }), queue.receive({ WaitTimeSeconds })]
    await polling
    await queue.send('body')
    const ms = await durationOf(Promise.all(polls))
    expect((await Promise.all(polls)).map(({ length }) => length)).toEqual([1, 1])
    expect(ms).toBeLessThan(SOON_MS)
  })

  it('goes on when another one got the message, and returns nothing at its end', async () => {
    const { intercept, polling } = countReceives(2)
    const queue = await (await openSqs(intercept)).queue()
    const polls = [queue.receive({ WaitTimeSeconds: 1 }), queue.receive({ WaitTimeSeconds: 1 })]
    await polling
    const sentAt = performance.now()
    await queue.send('body')
    const counts = (await Promise.all(polls)).map(({ length }) => length)
    expect(counts.toSorted()).toEqual([0, 1])
    expect(performance.now() - sentAt).toBeGreaterThan(800)
  })

  it('waits as long as the queue says, if the receive does not', async () => {
    const queue = await (await openSqs()).queue({ ReceiveMessageWaitTimeSeconds: '1' })
    expect(await durationOf(queue.receive())).toBeGreaterThan(900)
    expect(await durationOf(queue.receive({ WaitTimeSeconds: 0 }))).toBeLessThan(900)
  })

  it('receives nothing for a caller that has gone', async () => {
    const { intercept, polling } = countReceives(1)
    const { sqs, client, ...open } = await openSqs(intercept)
    const queue = await open.queue()
    const gone = queue.receive({ WaitTimeSeconds })
    await polling
    client.destroy()
    await expect(gone).rejects.toThrow()
    await queue.send('body')
    expect(sqs.depth(queue.url)).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
  })

  it('looks for messages only when there may be some', async () => {
    const now = Date.now
    const messages = createQueue<SqsMessage>({ now, visibilityMs: 1000 })
    let looks = 0
    const counted = {
      ...messages,
      receive: (max: number) => {
        looks++
        return messages.receive(max)
      },
    }
    messages.put({
      ...{ id: 'a', sentAt: now(), visibleAt: now() + 200, receiveCount: 0, body: 'body', attributes: {} },
      senderId: 'AIDATESTER',
    })
    const queue = { name: 'queue', url: '', arn: '', attributes: {}, redrive: undefined, createdAt: 0 }
    const request = ReceiveSchema.parse({ WaitTimeSeconds })
    const { signal } = new AbortController()
    await receiveMessages({ ...queue, messages: counted }, request, { signal, now, maxWaitSeconds: 1 })
    expect(looks).toBeGreaterThan(1)
    // A timer of Node can fire a millisecond early.
    expect(looks).toBeLessThan(5)
  })
})

describe('stopping the SQS endpoint', () => {
  it('breaks off a long poll', async () => {
    const { intercept, polling } = countReceives(1)
    const { sqs, ...open } = await openSqs(intercept)
    const queue = await open.queue()
    const failed = expect(queue.receive({ WaitTimeSeconds })).rejects.toThrow()
    await polling
    expect(await durationOf(sqs.stop())).toBeLessThan(SOON_MS)
    await failed
    const remove = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: 'any' })
    await expect(open.client.send(remove)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('leaves nothing behind that would keep the process up', async () => {
    const script = `
      import { startSqs } from '${new URL('../../../../infra/local/sqs/start-sqs.ts', import.meta.url).href}'
      const sqs = await startSqs()
      const ask = (action, body) =>
        fetch(sqs.endpoint, {
          method: 'POST',
          headers: { 'x-amz-target': 'AmazonSQS.' + action },
          body: JSON.stringify(body),
        })
      const { arn, url } = await sqs.createQueue('dead-letter', {})
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 })
      const { arn: DestinationArn } = await sqs.createQueue('queue', { RedrivePolicy })
      for (let sent = 0; sent < 20; sent++) await ask('SendMessage', { QueueUrl: url, MessageBody: 'body' })
      await ask('StartMessageMoveTask', { SourceArn: arn, DestinationArn, MaxNumberOfMessagesPerSecond: 1 })
      const { url: QueueUrl } = await sqs.createQueue('empty', {})
      const poll = ask('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }).catch(() => {})
      setTimeout(() => sqs.stop(), 200)
      await poll`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
    onTestFinished(() => void child.kill())
    const ended = once(child, 'exit')
    expect(await durationOf(ended)).toBeLessThan(10_000)
    expect(await ended).toEqual([0, null])
  })
})
