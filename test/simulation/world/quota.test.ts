import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import { consumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { openTable } from '../../infra/local/open-table.ts'
import { createQuota } from './quota.ts'

const TableName = 'quota'
const MINUTE_MS = 60_000
const START = Date.parse('2026-11-20T12:00:00Z')

type Command = Parameters<ReturnType<typeof createQuota>>[0]
type Send = (command: Command) => Promise<{ Item?: Record<string, AttributeValue> }>

async function simulated(): Promise<Send> {
  const quota = createQuota()
  return async (command) => {
    const { isRefused, ...answer } = quota(command)
    if (isRefused) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} })
    return answer
  }
}

async function dynalite(): Promise<Send> {
  const { client } = await openTable(TableName, 'id')
  return async (command) => {
    const { Item } = await client.send(command as GetItemCommand)
    return Item ? { Item } : {}
  }
}

/** Counts events with the code of fan-out, and returns every request, its answer, and whether each event had room. */
async function count(send: Send, events: readonly { at: number; members: number; receives?: number }[]) {
  const log: unknown[] = []
  let time = 0
  const recorded: Send = async (command) => {
    const answer = await send(command).catch((error: Error) => ({ rejected: error.name }))
    log.push([command.constructor.name, command.input, answer])
    if ('rejected' in answer) throw new ConditionalCheckFailedException({ message: '', $metadata: {} })
    return answer
  }
  const environment = {
    dynamoDB: { send: recorded } as unknown as DynamoDBClient,
    table: TableName,
    now: () => time,
    sleep: async () => {},
    random: () => 0,
  }
  const quotas = [
    { name: 'source urn:a', maxPerHour: 20 },
    { name: 'stage all', maxPerHour: 24 },
  ]
  for (const { at, members, receives = 1 } of events) {
    time = START + at
    log.push(await consumeQuota(environment, { id: `m-${members}`, receives }, quotas, members))
  }
  return log
}

describe('the simulated quota table', () => {
  it.each([
    ['the first event of a source', [{ at: 0, members: 5 }]],
    ['several in one minute', [0, 1, 2].map((at) => ({ at, members: 4 + at }))],
    ['minutes later', [0, 2, 59, 61].map((at) => ({ at: at * MINUTE_MS, members: 4 + (at % 3) }))],
    [
      'more than the hour has room for',
      [
        { at: 0, members: 15 },
        { at: 1, members: 6 },
        { at: 2, members: 5 },
      ],
    ],
    ['more than any hour has room for', [{ at: 0, members: 21 }]],
    [
      'room again an hour later',
      [
        { at: 0, members: 20 },
        { at: 10, members: 1 },
        { at: 63 * MINUTE_MS, members: 19 },
      ],
    ],
    [
      'more than the hour of all has room for',
      [
        { at: 0, members: 20 },
        { at: 62 * MINUTE_MS, members: 4 },
        { at: 62 * MINUTE_MS, members: 20 },
        { at: 62 * MINUTE_MS, members: 19 },
      ],
    ],
    [
      'a message delivered again',
      [
        { at: 0, members: 20 },
        { at: 9, members: 20, receives: 2 },
      ],
    ],
  ])('answers as DynamoDB does: %s', async (_, events) => {
    const expected = await count(await dynalite(), events)
    expect(await count(await simulated(), events)).toEqual(expected)
  })

  const row = {
    id: { S: 'source urn:a' },
    head: { N: '7' },
    total: { N: '3' },
    minutes: { M: { 7: { N: '3' } } },
  }
  const begin = new PutItemCommand({ TableName, Item: row, ConditionExpression: 'attribute_not_exists(id)' })
  const next = (head: string, total: string) =>
    new PutItemCommand({
      TableName,
      Item: { ...row, head: { N: '8' } },
      ConditionExpression: '#head = :head AND #total = :total',
      ExpressionAttributeNames: { '#head': 'head', '#total': 'total' },
      ExpressionAttributeValues: { ':head': { N: head }, ':total': { N: total } },
    })
  it.each([
    ['a row that exists', [begin, begin]],
    ['a row that has changed since', [begin, next('6', '3'), next('7', '4'), next('7', '3'), next('7', '3')]],
    ['a row that does not exist', [next('7', '3')]],
  ])('refuses as DynamoDB does: %s', async (_, commands) => {
    const [expected, answers] = [await dynalite(), await simulated()].map(async (send) => {
      const results: unknown[] = []
      for (const command of commands) results.push(await send(command).catch((error: Error) => error.name))
      return [...results, await send(new GetItemCommand({ TableName, Key: { id: row.id } }))]
    })
    expect(await answers).toEqual(await expected)
  })

  it.each([
    ['an expression that it does not know', { ConditionExpression: 'attribute_exists(id)' }],
    [
      'a placeholder that is not used',
      { ConditionExpression: 'attribute_not_exists(id)', ExpressionAttributeNames: { '#head': 'head' } },
    ],
    ['a placeholder that is not defined', { ConditionExpression: '#head = :head AND #total = :total' }],
  ])('throws on %s', (_, input) => {
    expect(() => createQuota()(new PutItemCommand({ TableName, Item: row, ...input }))).toThrow(
      /simulated|DynamoDB/,
    )
  })

  it('throws on an update that it does not know', () => {
    const update = { TableName, Key: { id: row.id }, UpdateExpression: 'REMOVE minutes' }
    expect(() => createQuota()(new UpdateItemCommand(update))).toThrow(
      'does not know the expression "REMOVE minutes"',
    )
  })
})
