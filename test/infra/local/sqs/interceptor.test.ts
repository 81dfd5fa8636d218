import { OverLimit } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import type { AwsCall, Interception } from '../../../../infra/local/aws-endpoint.ts'
import { openSqs } from './open-sqs.ts'

const decisions: [string, () => Promise<Interception>, error: object, bodies: string[]][] = [
  ['drop', async () => 'drop', { code: 'ECONNRESET' }, []],
  ['drop_response', async () => 'drop_response', { code: 'ECONNRESET' }, ['body']],
  ['a part of a request without entries', async () => ({ partial: 1 }), { name: 'InternalFailure' }, []],
  ['an error of its own', () => Promise.reject(new Error('broken')), { name: 'InternalFailure' }, []],
  ...[
    { status: 403, errorType: 'OverLimit' },
    { status: 400, errorType: 'ThrottlingException' },
    { status: 503, errorType: 'ServiceUnavailable' },
  ].map((answer): (typeof decisions)[number] => [
    `${answer.status} ${answer.errorType}`,
    async () => answer,
    { name: answer.errorType, $metadata: { httpStatusCode: answer.status } },
    [],
  ]),
]

describe('an interceptor of the SQS endpoint', () => {
  it.each(decisions)(
    'fails a call, before or after its effect: %s',
    async (_what, intercept, error, bodies) => {
      const { sqs, ...open } = await openSqs(intercept)
      const queue = await open.queue()
      await expect(queue.send('body')).rejects.toMatchObject(error)
      expect(sqs.messages(queue.url).map(({ body }) => body)).toEqual(bodies)
    },
  )

  it('answers with errors that the SDK knows as its own classes', async () => {
    const open = await openSqs(async () => ({ status: 403, errorType: 'OverLimit' }))
    await expect((await open.queue()).send('body')).rejects.toBeInstanceOf(OverLimit)
  })

  it('sees each call with its action, caller and body', async () => {
    const calls: AwsCall[] = []
    const { sqs, ...open } = await openSqs(async (call) => {
      calls.push(call)
      return 'pass'
    })
    const queue = await open.queue()
    await queue.send('body')
    const body = { QueueUrl: queue.url, MessageBody: 'body' }
    expect(calls).toEqual([{ service: 'sqs', action: 'SendMessage', caller: 'tester', body }])
    expect(sqs.depth(queue.url).visible).toBe(1)
  })

  it('holds a call until it has decided', async () => {
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

  it('takes the first entries of a batch and reports that the others failed, not by a fault of the sender', async () => {
    const { sqs, ...open } = await openSqs(async () => ({ partial: 1 }))
    const queue = await open.queue()
    const { Successful, Failed } = await queue.sendBatch({ MessageBody: 'a' }, { MessageBody: 'b' })
    expect(Successful).toMatchObject([{ Id: '0' }])
    expect(Failed).toMatchObject([{ Id: '1', SenderFault: false }])
    expect(sqs.messages(queue.url).map(({ body }) => body)).toEqual(['a'])
  })

  it('leaves a batch that is small enough whole, and its error as it is', async () => {
    const { sqs, ...open } = await openSqs(async () => ({ partial: 2 }))
    const queue = await open.queue()
    expect((await queue.sendBatch({}, {})).Failed ?? []).toEqual([])
    await expect(queue.sendBatch({ Id: 'a' }, { Id: 'a' })).rejects.toMatchObject({
      name: 'BatchEntryIdsNotDistinct',
    })
    expect(sqs.depth(queue.url).visible).toBe(2)
  })
})
