import { OverLimit } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import type { AwsCall } from '../../../../infra/local/aws-endpoint.ts'
import { openSqs } from './open-sqs.ts'

describe('the intercept of the SQS endpoint', () => {
  it('shows the intercept each call with its action, caller and body', async () => {
    const calls: AwsCall[] = []
    const { sqs, ...open } = await openSqs(async (call) => {
      calls.push(call)
      return 'pass'
    })
    const queue = await open.queue()
    await queue.send('body')
    expect(calls).toEqual([
      {
        service: 'sqs',
        action: 'SendMessage',
        caller: 'tester',
        body: { QueueUrl: queue.url, MessageBody: 'body' },
      },
    ])
    expect(sqs.depth(queue.url).visible).toBe(1)
  })

  it('holds a request until the intercept has decided', async () => {
    const asked = Promise.withResolvers<void>()
    const decision = Promise.withResolvers<'pass'>()
    const { sqs, ...open } = await openSqs(() => {
      asked.resolve()
      return decision.promise
    })
    const queue = await open.queue()
    const sent = queue.send('body')
    await asked.promise
    expect(sqs.depth(queue.url).visible).toBe(0)
    decision.resolve('pass')
    await sent
    expect(sqs.depth(queue.url).visible).toBe(1)
  })

  it('drops the connection without any effect', async () => {
    const { sqs, ...open } = await openSqs(async () => 'drop')
    const queue = await open.queue()
    await expect(queue.send('body')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('loses the answer after the effect', async () => {
    const { sqs, ...open } = await openSqs(async () => 'drop_response')
    const queue = await open.queue()
    await expect(queue.send('body')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(sqs.messages(queue.url).map(({ body }) => body)).toEqual(['body'])
  })

  it('takes the first entries of a batch and says that the others failed, by no fault of the sender', async () => {
    const { sqs, ...open } = await openSqs(async () => ({ partial: 1 }))
    const queue = await open.queue()
    const { Successful, Failed } = await queue.sendBatch({ MessageBody: 'a' }, { MessageBody: 'b' })
    expect(Successful).toMatchObject([{ Id: '0' }])
    expect(Failed).toMatchObject([{ Id: '1', SenderFault: false }])
    expect(sqs.messages(queue.url).map(({ body }) => body)).toEqual(['a'])
  })

  it('leaves a batch that is small enough whole, and its refusal as it is', async () => {
    const { sqs, ...open } = await openSqs(async () => ({ partial: 2 }))
    const queue = await open.queue()
    expect((await queue.sendBatch({}, {})).Failed ?? []).toEqual([])
    await expect(queue.sendBatch({ Id: 'a' }, { Id: 'a' })).rejects.toMatchObject({
      name: 'BatchEntryIdsNotDistinct',
    })
    expect(sqs.depth(queue.url).visible).toBe(2)
  })

  it('answers InternalFailure when there are no entries to take a part of', async () => {
    const { sqs, ...open } = await openSqs(async () => ({ partial: 1 }))
    const queue = await open.queue()
    await expect(queue.send('body')).rejects.toMatchObject({ name: 'InternalFailure' })
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it.each([
    [403, 'OverLimit'],
    [400, 'ThrottlingException'],
    [503, 'ServiceUnavailable'],
  ])('answers %i %s without any effect', async (status, errorType) => {
    const { sqs, ...open } = await openSqs(async () => ({ status, errorType }))
    const queue = await open.queue()
    const refusal = await queue.send('body').catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: errorType, $metadata: { httpStatusCode: status } })
    expect(refusal instanceof OverLimit).toBe(errorType === 'OverLimit')
    expect(sqs.messages(queue.url)).toEqual([])
  })

  it('answers InternalFailure when the intercept itself fails', async () => {
    const { sqs, ...open } = await openSqs(() => Promise.reject(new Error('broken intercept')))
    const queue = await open.queue()
    await expect(queue.send('body')).rejects.toMatchObject({ name: 'InternalFailure' })
    expect(sqs.messages(queue.url)).toEqual([])
  })
})
