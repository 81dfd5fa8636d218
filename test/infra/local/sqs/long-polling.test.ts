import { describe, expect, it } from 'vitest'
import { openSqs } from './open-sqs.ts'

const WaitTimeSeconds = 20

/** Resolves when the endpoint has been asked for messages `count` times. */
function countReceives(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count
  const intercept = async ({ action }: { action: string }) => {
    if (action === 'ReceiveMessage' && --left === 0) resolve()
    return 'pass' as const
  }
  return { intercept, polling: promise }
}

describe('long polling the SQS endpoint', () => {
  it('returns from a long poll when a message is sent', async () => {
    const { intercept, polling } = countReceives(1)
    const queue = await (await openSqs(intercept)).queue()
    const received = queue.receive({ WaitTimeSeconds })
    await polling
    const sentAt = Date.now()
    await queue.send('body')
    expect(await received).toHaveLength(1)
    expect(Date.now() - sentAt).toBeLessThan(2000)
  })

  it('lets the pollers that got nothing wait on', async () => {
    const { intercept, polling } = countReceives(2)
    const queue = await (await openSqs(intercept)).queue()
    const received = [queue.receive({ WaitTimeSeconds: 2 }), queue.receive({ WaitTimeSeconds: 2 })]
    const startedAt = Date.now()
    await polling
    await queue.send('body')
    const counts = (await Promise.all(received)).map(({ length }) => length)
    expect(counts.toSorted()).toEqual([0, 1])
    expect(Date.now() - startedAt).toBeGreaterThan(1500)
  })

  it('gives no message to a poller that has gone', async () => {
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

  it('stops at once while a long poll is waiting', async () => {
    const { intercept, polling } = countReceives(1)
    const { sqs, ...open } = await openSqs(intercept)
    const queue = await open.queue()
    const received = queue.receive({ WaitTimeSeconds })
    const failed = expect(received).rejects.toThrow()
    await polling
    const stoppedAt = Date.now()
    await sqs.stop()
    await failed
    expect(Date.now() - stoppedAt).toBeLessThan(1000)
  })
})
