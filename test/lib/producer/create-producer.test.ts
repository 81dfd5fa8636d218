import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createProducer } from '../../../lib/producer/create-producer.ts'
import { sendEvents } from '../../../lib/producer/send-events.ts'
import { startHttp } from '../../fakes/start-http.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

type Entry = { Id: string; MessageBody: string }
type Verdict = 'accept' | 'fail' | 'refuse' | 'deny' | 'too long' | 'break down'

let judge: (entry: Entry, request: number) => Verdict
let server: Awaited<ReturnType<typeof startHttp>>
let sqs: SQSClient

beforeAll(async () => {
  server = await startHttp((response, { body }) => {
    const { Entries } = JSON.parse(body) as { Entries: Entry[] }
    const judged = Entries.map((entry) => ({ ...entry, verdict: judge(entry, server.requests.length) }))
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    if (judged.some(({ verdict }) => verdict === 'deny')) {
      const error = { __type: 'AccessDeniedException', message: `canary ${body}` }
      response.writeHead(403).end(JSON.stringify(error))
      return
    }
    if (judged.some(({ verdict }) => verdict === 'too long')) {
      response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'BatchRequestTooLong', message: `canary ${body}` }))
      return
    }
    if (judged.some(({ verdict }) => verdict === 'break down')) {
      response.writeHead(500).end(JSON.stringify({ __type: 'InternalFailure' }))
      return
    }
    const failed = judged.filter(({ verdict }) => verdict !== 'accept')
    const answer = {
      Successful: judged
        .filter(({ verdict }) => verdict === 'accept')
        .map(({ Id, MessageBody }) => ({ Id, MessageId: `message of ${JSON.parse(MessageBody).id}` })),
      Failed: failed.map(({ Id, verdict }) => ({ Id, Code: 'Any', SenderFault: verdict === 'refuse' })),
    }
    response.end(JSON.stringify(answer))
  })
  sqs = new SQSClient({ ...configuration(), maxAttempts: 1 })
})
beforeEach(() => {
  server.requests.length = 0
  judge = () => 'accept'
})
afterAll(() => server.stop())

const configuration = () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return { endpoint: server.url, region: 'us-east-1', credentials, md5: false } as const
}
const idOf = ({ MessageBody }: Entry) => JSON.parse(MessageBody).id
const queueUrl = () => `${server.url}/000000000000/queue`
const send = (events: Parameters<typeof sendEvents>[1], options: Parameters<typeof sendEvents>[2] = {}) =>
  sendEvents({ sqs, queueUrl: queueUrl(), sleep: async () => {}, random: () => 0 }, events, options)
const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => breachEvent({ id: `e${index}` }))
const ends = (results: Awaited<ReturnType<typeof send>>) => results.map(({ id, status }) => `${id} ${status}`)

describe('a producer', () => {
  it('prepares a list and sends it', async () => {
    const producer = createProducer({ sqs, queueUrl: queueUrl(), maxMembersPerEvent: 2 })
    const members = ['a', 'b', 'c'].map((name) => ({ email_address: `${name}@customer.example` }))
    const { source, id, time, data } = breachEvent({ id: 'list', data: { members } })
    const { events, problems } = producer.prepare({ source, id, time, data })
    expect(problems).toEqual([])
    expect(await producer.send(events)).toEqual([
      { source, id: 'list.1', members: 2, status: 'sent', messageId: 'message of list.1' },
      { source, id: 'list.2', members: 1, status: 'sent', messageId: 'message of list.2' },
    ])
    const bodies = server.requests.flatMap(({ body }) => JSON.parse(body).Entries as Entry[])
    expect(bodies.map(({ MessageBody }) => JSON.parse(MessageBody))).toEqual(events)
  })

  it.each([0, -1, 1.5, Number.NaN, 10_001])('takes no limit of %s members', (maxMembersPerEvent) => {
    expect(() => createProducer({ sqs, queueUrl: queueUrl(), maxMembersPerEvent })).toThrow(RangeError)
  })

  it('reports how each event ended, in order, as it goes', async () => {
    judge = (entry) => (idOf(entry) === 'e1' ? 'refuse' : 'accept')
    const reported: unknown[] = []
    const results = await send(eventsOf(12), { onResult: (result: unknown) => reported.push(result) })
    expect(results.map(({ id }) => id)).toEqual(eventsOf(12).map(({ id }) => id))
    expect(results[1]).toMatchObject({ status: 'refused', reason: 'SQS refuses it: Any' })
    expect(results.filter(({ status }) => status === 'sent')).toHaveLength(11)
    expect(reported).toEqual(results)
  })

  it('sends again only what failed', async () => {
    judge = (entry, request) => (idOf(entry) === 'e1' && request < 3 ? 'fail' : 'accept')
    expect(ends(await send(eventsOf(3)))).toEqual(['e0 sent', 'e1 sent', 'e2 sent'])
    const sent = server.requests.map(({ body }) => JSON.parse(body).Entries.map(idOf))
    expect(sent).toEqual([['e0', 'e1', 'e2'], ['e1'], ['e1']])
  })

  it('stops when SQS does not take an event, and says which were sent', async () => {
    judge = (entry) => (idOf(entry) === 'e1' ? 'fail' : 'accept')
    const results = await send(eventsOf(12))
    expect(ends(results).slice(0, 3)).toEqual(['e0 sent', 'e1 unsent', 'e2 sent'])
    expect(ends(results).slice(10)).toEqual(['e10 unsent', 'e11 unsent'])
    expect(results[11]).toMatchObject({ reason: 'not tried: an earlier event was not taken' })
  })

  it('keeps what was sent when a later request fails, and quotes nothing of it', async () => {
    judge = (_, request) => (request > 1 ? 'deny' : 'accept')
    const results = await send(eventsOf(21))
    expect(ends(results).filter((end) => end.endsWith(' sent'))).toHaveLength(10)
    expect(results[10]).toMatchObject({ status: 'unsent', reason: 'AccessDeniedException' })
    expect(server.requests).toHaveLength(2)
    expect(JSON.stringify(results)).not.toContain('canary')
  })

  it('finds the event for which SQS refuses a whole request, and sends the others', async () => {
    judge = (entry) => (idOf(entry) === 'e1' ? 'too long' : 'accept')
    const results = await send(eventsOf(12))
    expect(results[1]).toMatchObject({ status: 'refused', reason: 'SQS refuses it: BatchRequestTooLong' })
    expect(results.filter(({ status }) => status === 'sent')).toHaveLength(11)
    expect(server.requests).toHaveLength(1 + 10 + 1)
  })

  it('keeps what it knows when a request fails while it looks for the event that is refused', async () => {
    judge = (entry, request) => {
      if (idOf(entry) === 'e1') return 'too long'
      return request >= 4 ? 'break down' : 'accept'
    }
    expect(ends(await send(eventsOf(4)))).toEqual(['e0 sent', 'e1 refused', 'e2 unknown', 'e3 unsent'])
  })

  it('does not know what became of a request that broke down', async () => {
    judge = () => 'break down'
    expect(ends(await send(eventsOf(11)))).toEqual([
      ...eventsOf(10).map(({ id }) => `${id} unknown`),
      'e10 unsent',
    ])
  })

  it('does not know what became of a request that broke down before the client tried it again and was refused', async () => {
    const retrying = new SQSClient({ ...configuration(), maxAttempts: 2 })
    judge = (_, request) => (request === 1 ? 'break down' : 'deny')
    const results = await createProducer({ sqs: retrying, queueUrl: queueUrl() }).send(eventsOf(1))
    expect(server.requests).toHaveLength(2)
    expect(results).toMatchObject([{ status: 'unknown', reason: 'AccessDeniedException' }])
  })

  it('stops between two requests when it is aborted', async () => {
    const stopping = new AbortController()
    const results = await send(eventsOf(30), { signal: stopping.signal, onResult: () => stopping.abort() })
    expect(server.requests).toHaveLength(1)
    expect(results.slice(10).map((result) => ('reason' in result ? result.reason : ''))).toEqual(
      Array(20).fill('not tried: interrupted'),
    )
  })

  it('has the same person of several parts in one group, and other events in others', async () => {
    await send([breachEvent({ id: 'list.1' }), breachEvent({ id: 'list.2' }), breachEvent({ id: 'other' })])
    const [one, two, three] = JSON.parse(server.requests[0]?.body ?? '').Entries
    expect(one.MessageGroupId).toBe(two.MessageGroupId)
    expect(one.MessageGroupId).not.toBe(three.MessageGroupId)
  })
})
