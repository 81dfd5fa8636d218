import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AwsCall } from '../../../infra/local/aws-endpoint.ts'
import { startDynamoDb } from '../../../infra/local/dynamodb.ts'
import {
  checkSentinel,
  createReadReset,
  type LedgerEnvironment,
  type LedgerRow,
  personKey,
  readResets,
  writeRows,
} from '../../../lib/ledger/ledger.ts'

const calls: AwsCall[] = []
let server: Awaited<ReturnType<typeof startDynamoDb>>
let dynamoDB: DynamoDBClient
let table: string
let ledger: LedgerEnvironment

beforeAll(async () => {
  server = await startDynamoDb({
    intercept: async (call) => {
      calls.push(call)
      return 'pass'
    },
  })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  dynamoDB = new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials })
})
afterAll(async () => {
  dynamoDB.destroy()
  await server.stop()
})
beforeEach(async () => {
  table = `Ledger-${Math.floor(performance.now() * 1000)}`
  const keys = [
    { name: 'person', KeyType: 'HASH' },
    { name: 'kind', KeyType: 'RANGE' },
  ] as const
  await dynamoDB.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map(({ name }) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: keys.map(({ name, KeyType }) => ({ AttributeName: name, KeyType })),
    }),
  )
  ledger = { dynamoDB, table, sleep: async () => {}, random: () => 0 }
  calls.length = 0
})

const row = (person: string, overrides: Partial<LedgerRow> = {}): LedgerRow => ({
  person,
  kind: 'reset',
  at: 1000,
  outcome: 'reset',
  source: 'urn:feed',
  eventId: '1',
  requestId: 'request-1',
  ...overrides,
})

describe('the ledger', () => {
  it('finds who was reset and when, and nobody else', async () => {
    await writeRows(ledger, [row('ada'), row('bob', { kind: 'uncertain' })])
    const resets = await readResets(ledger, ['ada', 'bob', 'cid'])
    expect(resets).toEqual(new Map([['ada', 1000]]))
  })

  it('keeps what the design names, next to an uncertain row that does not cover', async () => {
    await writeRows(ledger, [row('ada')])
    await writeRows(ledger, [
      row('ada', { kind: 'uncertain', at: 2000, outcome: 'timeout', requestId: undefined }),
    ])
    const { Items } = await dynamoDB.send(new ScanCommand({ TableName: table }))
    const common = { person: { S: 'ada' }, source: { S: 'urn:feed' }, eventId: { S: '1' } }
    expect(Items).toHaveLength(2)
    expect(Items).toContainEqual({
      ...common,
      kind: { S: 'reset' },
      resetAt: { N: '1000' },
      outcome: { S: 'reset' },
      requestId: { S: 'request-1' },
    })
    expect(Items).toContainEqual({
      ...common,
      kind: { S: 'uncertain' },
      calledAt: { N: '2000' },
      outcome: { S: 'timeout' },
    })
  })

  it('reads consistently, at most a hundred people in a request, and each once', async () => {
    const people = ['twice', ...Array.from({ length: 200 }, (_, i) => `p${i}`), 'twice']
    const readReset = createReadReset((people) => readResets(ledger, people))
    await Promise.all(['twice', ...people].map(readReset))
    const pages = calls.map(
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
    await writeRows(flaky, [row('ada'), row('bob'), row('cid')])
    const resets = await readResets(ledger, ['ada', 'bob', 'cid'])
    expect(resets.size).toBe(3)
    const broken = { ...ledger, dynamoDB: leavingUnprocessed(100) }
    await expect(writeRows(broken, [row('ada'), row('bob')])).rejects.toThrow('unwritten')
  })

  it('reads again what DynamoDB left unread, and throws when it stays so', async () => {
    await writeRows(ledger, [row('ada')])
    const flaky = { ...ledger, dynamoDB: leavingUnprocessed(2) }
    expect(await readResets(flaky, ['ada'])).toEqual(new Map([['ada', 1000]]))
    const broken = { ...ledger, dynamoDB: leavingUnprocessed(100) }
    await expect(readResets(broken, ['ada'])).rejects.toThrow('unread')
  })

  it('detects another ledger key by its sentinel row', async () => {
    const sentinel = { dynamoDB, table, begin: true }
    expect(await checkSentinel(sentinel, 'key one')).toBe('same key')
    expect(await checkSentinel(sentinel, 'key one')).toBe('same key')
    expect(await checkSentinel(sentinel, 'key two')).toBe('other key')
    expect(await checkSentinel({ ...sentinel, begin: false }, 'key two')).toBe('other key')
  })

  it('begins no ledger in a dry run', async () => {
    expect(await checkSentinel({ dynamoDB, table, begin: false }, 'any key')).toBe('same key')
    expect((await dynamoDB.send(new ScanCommand({ TableName: table }))).Count).toBe(0)
  })
})

describe('reading one person', () => {
  it('reads people together who are asked for at the same moment, and remembers nobody', async () => {
    const asked: (readonly string[])[] = []
    const readReset = createReadReset(async (people) => {
      asked.push(people)
      return new Map([['ada', asked.length]])
    })
    const record = async (people: string[]) => {
      await Promise.resolve()
      return Promise.all(people.map(readReset))
    }
    expect(await Promise.all([record(['ada', 'bob']), record(['cyd'])])).toEqual([
      [1, undefined],
      [undefined],
    ])
    expect(await readReset('ada')).toBe(2)
    expect(asked).toEqual([['ada', 'bob', 'cyd'], ['ada']])
  })

  it('fails for everybody who was read together', async () => {
    const readReset = createReadReset(() => Promise.reject(new Error('unread')))
    const outcomes = await Promise.allSettled([readReset('ada'), readReset('bob')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
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
