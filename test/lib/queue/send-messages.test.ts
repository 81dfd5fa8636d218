import { SQSClient } from '@aws-sdk/client-sqs'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type SendMessages, sendMessages, toMessageBody } from '../../../lib/queue/send-messages.ts'
import { startHttp } from '../../fakes/start-http.ts'
import { anyText } from '../../fuzz/hostile.ts'

type Entry = { Id: string; MessageBody: string; MessageAttributes?: Record<string, { StringValue: string }> }
type Judge = (entry: Entry, request: number) => 'accept' | 'fail' | 'refuse'

let judge: Judge
let server: Awaited<ReturnType<typeof startHttp>>
let send: SendMessages

beforeAll(async () => {
  server = await startHttp((response, { body }) => {
    const { Entries } = JSON.parse(body) as { Entries: Entry[] }
    const verdicts = Entries.map((entry) => ({ Id: entry.Id, verdict: judge(entry, server.requests.length) }))
    const failed = verdicts.filter(({ verdict }) => verdict !== 'accept')
    const answer = {
      Successful: verdicts
        .filter(({ verdict }) => verdict === 'accept')
        .map(({ Id }) => ({ Id, MessageId: Id })),
      Failed: failed.map(({ Id, verdict }) => ({ Id, Code: 'Any', SenderFault: verdict === 'refuse' })),
    }
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer))
  })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const sqs = new SQSClient({ endpoint: server.url, region: 'us-east-1', credentials, md5: false })
  const environment = { sqs, sleep: async () => {}, random: () => 0 }
  send = (queueUrl, messages) => sendMessages(environment, queueUrl, messages)
})
beforeEach(() => {
  server.requests.length = 0
  judge = () => 'accept'
})
afterAll(() => server.stop())

const queueUrl = () => `${server.url}/000000000000/queue`
const sent = () =>
  server.requests.map(({ body }) => (JSON.parse(body).Entries as Entry[]).map((e) => e.MessageBody))

describe('sendMessages', () => {
  it('packs at most ten entries and 1 MiB into a request', async () => {
    const small = Array.from({ length: 11 }, (_, i) => ({ body: `m${i}` }))
    await send(queueUrl(), small)
    expect(sent().map((bodies) => bodies.length)).toEqual([10, 1])
    server.requests.length = 0
    await send(queueUrl(), Array(3).fill({ body: 'é'.repeat(200_000) }))
    expect(sent().map((bodies) => bodies.length)).toEqual([2, 1])
  })

  it('takes no more messages than the next request needs, and one to see that it is full', async () => {
    let taken = 0
    const takenBefore: number[] = []
    judge = () => {
      takenBefore[server.requests.length - 1] ??= taken
      return 'accept'
    }
    function* messages() {
      while (taken < 35) yield { body: `m${taken++}` }
    }
    await send(queueUrl(), messages())
    expect(takenBefore).toEqual([11, 21, 31, 35])
  })

  it('sends again only the entries that failed', async () => {
    judge = ({ MessageBody }, request) => (MessageBody === 'b' && request < 3 ? 'fail' : 'accept')
    const { refused } = await send(
      queueUrl(),
      ['a', 'b', 'c'].map((body) => ({ body })),
    )
    expect(sent()).toEqual([['a', 'b', 'c'], ['b'], ['b']])
    expect(refused).toEqual([])
  })

  it('throws when an entry fails again and again', async () => {
    judge = ({ MessageBody }) => (MessageBody === 'b' ? 'fail' : 'accept')
    await expect(send(queueUrl(), [{ body: 'a' }, { body: 'b' }])).rejects.toThrow('1 messages')
  })

  it('returns what is refused for good, and sends the rest', async () => {
    judge = ({ MessageBody }) => (MessageBody === 'b' ? 'refuse' : 'accept')
    const messages = ['a', 'b', 'c'].map((body) => ({ body }))
    expect(await send(queueUrl(), messages)).toEqual({ refused: [messages[1]] })
    expect(server.requests).toHaveLength(1)
  })

  it('refuses what is over 1 MiB with its attributes, without asking SQS', async () => {
    const tooLarge = { body: 'x'.repeat(1_048_576), attributes: { 'failure-code': 'any' } }
    expect(await send(queueUrl(), [tooLarge, { body: 'a' }])).toEqual({ refused: [tooLarge] })
    expect(sent()).toEqual([['a']])
  })

  it('sends attributes, delay and group, and leaves out what is empty', async () => {
    await send(queueUrl(), [
      { body: 'a', attributes: { code: 'x', empty: '' }, delaySeconds: 7, groupId: 'g' },
    ])
    expect(JSON.parse(server.requests[0]?.body ?? '').Entries).toEqual([
      {
        Id: '0',
        MessageBody: 'a',
        MessageAttributes: { code: { DataType: 'String', StringValue: 'x' } },
        DelaySeconds: 7,
        MessageGroupId: 'g',
      },
    ])
  })
})

it('writes any text so that it parses back and holds no character that XML 1.0 forbids', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const body = toMessageBody({ text })
      expect(JSON.parse(body)).toEqual({ text })
      expect(body).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u)
    }),
    { examples: [['\uffff'], ['\ufffe'], ['\ud800'], ['\u0000']] },
  )
})
