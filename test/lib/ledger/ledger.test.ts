import { BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LedgerEnvironment } from '../../../lib/ledger/items.ts'
import {
  createReadRow,
  type PersonRow,
  personKey,
  type ResetRow,
  readRows,
  type UncertainCall,
  writeResets,
  writeUncertain,
} from '../../../lib/ledger/ledger.ts'
import { startLedger } from './start-ledger.ts'

let server: Awaited<ReturnType<typeof startLedger>>
let dynamoDB: DynamoDBClient
let table: string
let ledger: LedgerEnvironment

beforeAll(async () => {
  server = await startLedger()
  dynamoDB = server.dynamoDB
})
afterAll(() => server.stop())
beforeEach(async () => {
  ledger = await server.createTable()
  table = ledger.table
})

const event = { source: 'urn:feed', eventId: '1' }
const row = (person: string): ResetRow => ({
  ...{ person, at: 1000, outcome: 'reset', requestId: 'request-1', ...event },
})
const RESET: PersonRow = { resetAt: 1000, outcome: 'reset', ...event }
const call: UncertainCall = {
  ...event,
  person: 'ada',
  kind: 'unusable',
  at: 2000,
  code: 'invalid_response',
  requestId: 'request-2',
}

function fail(error: unknown): never {
  throw error
}

describe('the ledger', () => {
  it('finds who was reset, when and for which event, and nobody else', async () => {
    await writeResets(ledger, [row('ada')])
    await writeUncertain(ledger, { ...call, person: 'bob', kind: 'uncertain' })
    const known = await readRows(ledger, ['ada', 'bob', 'cid'])
    expect(known).toEqual(
      new Map([
        ['ada', RESET],
        ['bob', { uncertain: { at: 2000, code: 'invalid_response', requestId: 'request-2' } }],
      ]),
    )
  })

  it('keeps an uncertain call next to the last reset, which it neither hides nor replaces', async () => {
    await writeResets(ledger, [row('ada')])
    await writeUncertain(ledger, call)
    const { Items } = await dynamoDB.send(new ScanCommand({ TableName: table }))
    expect(Items).toEqual([
      {
        ...{ person: { S: 'ada' }, kind: { S: 'reset' } },
        ...{ resetAt: { N: '1000' }, outcome: { S: 'reset' } },
        ...{ source: { S: 'urn:feed' }, eventId: { S: '1' }, requestId: { S: 'request-1' } },
        unusable: {
          M: {
            ...{ calledAt: { N: '2000' }, code: { S: 'invalid_response' } },
            ...{ source: { S: 'urn:feed' }, eventId: { S: '1' }, requestId: { S: 'request-2' } },
          },
        },
      },
    ])
    const unusable = { at: 2000, code: 'invalid_response', requestId: 'request-2' }
    expect(await readRows(ledger, ['ada'])).toEqual(new Map([['ada', { ...RESET, unusable }]]))
  })

  it('forgets an uncertain call when its person is reset', async () => {
    await writeUncertain(ledger, call)
    await writeResets(ledger, [row('ada')])
    expect(await readRows(ledger, ['ada'])).toEqual(new Map([['ada', RESET]]))
  })

  it('reads consistently, at most a hundred people in a request, and each once', async () => {
    const people = ['twice', ...Array.from({ length: 200 }, (_, i) => `p${i}`), 'twice']
    const readRow = createReadRow((people) => readRows(ledger, people), fail)
    await Promise.all(['twice', ...people].map(readRow))
    const pages = server.calls.map(
      ({ body }) =>
        (body as { RequestItems: Record<string, { Keys: []; ConsistentRead: true }> }).RequestItems[table],
    )
    expect(new Set(pages.map((page) => page?.Keys.length))).toEqual(new Set([99, 100, 3]))
    expect(pages.every((page) => page?.ConsistentRead)).toBe(true)
  })

  /** A client whose first answer leaves something unprocessed. */
  function leavingUnprocessed(times: number): DynamoDBClient {
    let left = times
    const send = async (command: BatchWriteItemCommand) => {
      const { RequestItems = {} } = command.input
      if (left-- <= 0) return dynamoDB.send(command)
      const requests = RequestItems[table]
      if (Array.isArray(requests)) {
        const [unprocessed, ...others] = requests
        if (others.length > 0)
          await dynamoDB.send(new BatchWriteItemCommand({ RequestItems: { [table]: others } }))
        return { UnprocessedItems: { [table]: [unprocessed] } }
      }
      return { Responses: {}, UnprocessedKeys: RequestItems }
    }
    return { send } as unknown as DynamoDBClient
  }

  it('writes again what DynamoDB left unprocessed, and throws when it stays so', async () => {
    const flaky = { ...ledger, dynamoDB: leavingUnprocessed(2) }
    await writeResets(flaky, [row('ada'), row('bob'), row('cid')])
    const known = await readRows(ledger, ['ada', 'bob', 'cid'])
    expect(known.size).toBe(3)
    const broken = { ...ledger, dynamoDB: leavingUnprocessed(100) }
    await expect(writeResets(broken, [row('ada'), row('bob')])).rejects.toThrow('unwritten')
  })

  it('reads again what DynamoDB left unread, and throws when it stays so', async () => {
    await writeResets(ledger, [row('ada')])
    const flaky = { ...ledger, dynamoDB: leavingUnprocessed(2) }
    expect(await readRows(flaky, ['ada'])).toEqual(new Map([['ada', RESET]]))
    const broken = { ...ledger, dynamoDB: leavingUnprocessed(100) }
    await expect(readRows(broken, ['ada'])).rejects.toThrow('unread')
  })
})

describe('reading one person', () => {
  it('reads people together who are asked for at the same moment, and remembers nobody', async () => {
    const asked: (readonly string[])[] = []
    const readRow = createReadRow(async (people) => {
      asked.push(people)
      return new Map([['ada', { resetAt: asked.length }]])
    }, fail)
    const record = async (people: string[]) => {
      await Promise.resolve()
      return Promise.all(people.map(readRow))
    }
    expect(await Promise.all([record(['ada', 'bob']), record(['cyd'])])).toEqual([[{ resetAt: 1 }, {}], [{}]])
    expect(await readRow('ada')).toEqual({ resetAt: 2 })
    expect(asked).toEqual([['ada', 'bob', 'cyd'], ['ada']])
  })

  it('finds nobody known, and nobody unknown, when their request failed, and reports it once', async () => {
    const errors: unknown[] = []
    const readRow = createReadRow(
      () => Promise.reject(new Error('unread')),
      (error) => errors.push(error),
    )
    expect(await Promise.all([readRow('ada'), readRow('bob')])).toEqual(['unreadable', 'unreadable'])
    expect(errors).toHaveLength(1)
  })
})

it('names a person the same however the address is written, and differently per key and project', () => {
  const ada = personKey('ledger key', 'project-live-1', 'ada@customer.example')
  expect(ada).toMatch(/^[0-9a-f]{64}$/)
  expect(personKey('ledger key', 'project-live-1', '  ADA@Customer.example ')).toBe(ada)
  const others = [
    personKey('ledger key', 'project-live-2', 'ada@customer.example'),
    personKey('other', 'project-live-1', 'ada@customer.example'),
  ]
  expect(new Set([ada, ...others]).size).toBe(3)
})
