import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import type { AwsCall, Interceptor } from '../../../../infra/local/aws-endpoint.ts'
import { openDynamoDb, TableName } from './open-dynamodb.ts'

const item = (pk: string) => ({ pk: { S: pk }, outcome: { S: `réset ${pk}` } })
const put = (pk: string) => new PutItemCommand({ TableName, Item: item(pk) })
const keys = (count: number) => Array.from({ length: count }, (_, index) => `key-${index}`)
const write = (pks: string[]) =>
  new BatchWriteItemCommand({
    RequestItems: { [TableName]: pks.map((pk) => ({ PutRequest: { Item: item(pk) } })) },
  })
const read = (pks: string[]) =>
  new BatchGetItemCommand({
    RequestItems: { [TableName]: { Keys: pks.map((pk) => ({ pk: { S: pk } })), ConsistentRead: true } },
  })

/** Lets CreateTable pass and decides about the rest as told. */
const afterCreation =
  (decision: Awaited<ReturnType<Interceptor>>): Interceptor =>
  async ({ action }) =>
    action === 'CreateTable' ? 'pass' : decision

describe('startDynamoDb', () => {
  it('reads back in one batch of 100 what batches of 25 wrote', async () => {
    const client = await openDynamoDb()
    for (let from = 0; from < 100; from += 25) await client.send(write(keys(100).slice(from, from + 25)))
    const { Responses, UnprocessedKeys } = await client.send(read(keys(100)))
    expect(Responses?.[TableName]).toHaveLength(100)
    expect(Responses?.[TableName]).toContainEqual(item('key-99'))
    expect(UnprocessedKeys).toEqual({})
  })

  it('lets one of many conditional puts of the same key through', async () => {
    const client = await openDynamoDb()
    const puts = keys(10).map((value) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: 'same' }, value: { S: value } },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    )
    const failed = (await Promise.allSettled(puts)).filter((result) => result.status === 'rejected')
    expect(failed).toHaveLength(9)
    expect(failed.every(({ reason }) => reason instanceof ConditionalCheckFailedException)).toBe(true)
  })

  it('shows the intercept each call with its action, caller and body', async () => {
    const calls: AwsCall[] = []
    const client = await openDynamoDb(async (call) => {
      calls.push(call)
      return 'pass'
    })
    await client.send(put('key'))
    expect(calls.map(({ action }) => action)).toEqual(['CreateTable', 'PutItem'])
    expect(calls[1]).toMatchObject({ service: 'dynamodb', caller: 'tester', body: { Item: item('key') } })
  })

  it.each([
    ['a dropped connection', 'drop', { code: 'ECONNRESET' }],
    [
      'throttling',
      { status: 400, errorType: 'ProvisionedThroughputExceededException' },
      { name: 'ProvisionedThroughputExceededException' },
    ],
    ['a server error', { status: 500, errorType: 'InternalServerError' }, { name: 'InternalServerError' }],
  ] as const)('shows the SDK %s, and writes nothing', async (_what, decision, error) => {
    let next: Awaited<ReturnType<Interceptor>> = decision
    const client = await openDynamoDb((call) => afterCreation(next)(call))
    await expect(client.send(put('key'))).rejects.toMatchObject(error)
    next = 'pass'
    expect((await client.send(read(['key']))).Responses).toEqual({ [TableName]: [] })
  })

  it('answers with exceptions that the SDK knows as its own classes', async () => {
    const errorType = 'ProvisionedThroughputExceededException'
    const client = await openDynamoDb(afterCreation({ status: 400, errorType }))
    await expect(client.send(put('key'))).rejects.toBeInstanceOf(ProvisionedThroughputExceededException)
  })

  it('loses the answer after the effect', async () => {
    let next: Awaited<ReturnType<Interceptor>> = 'drop_response'
    const client = await openDynamoDb((call) => afterCreation(next)(call))
    await expect(client.send(put('key'))).rejects.toMatchObject({ code: 'ECONNRESET' })
    next = 'pass'
    expect((await client.send(read(['key']))).Responses?.[TableName]).toEqual([item('key')])
  })

  it('writes the first rows of a batch and hands the others back unprocessed', async () => {
    const client = await openDynamoDb(async ({ action }) =>
      action === 'BatchWriteItem' ? { partial: 1 } : 'pass',
    )
    const { UnprocessedItems } = await client.send(write(['a', 'b', 'c']))
    const left = UnprocessedItems?.[TableName]?.map(({ PutRequest }) => PutRequest?.Item)
    expect(left).toEqual([item('b'), item('c')])
    expect((await client.send(read(['a', 'b', 'c']))).Responses?.[TableName]).toEqual([item('a')])
    expect((await client.send(write(['b']))).UnprocessedItems).toEqual({})
  })
})
