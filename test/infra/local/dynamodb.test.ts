import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AwsCall, Interception } from '../../../infra/local/aws-endpoint.ts'
import { openTable } from './open-table.ts'

const TableName = 'ledger'
const ITEM = { pk: { S: 'key' }, outcome: { S: 'réset' } }
const put = () => new PutItemCommand({ TableName, Item: ITEM })
const write = (...keys: string[]) => {
  const rows = keys.map((S) => ({ PutRequest: { Item: { pk: { S } } } }))
  return new BatchWriteItemCommand({ RequestItems: { [TableName]: rows } })
}

/** A table whose interceptor makes this decision about every write. `items` reads the items with these keys. */
async function openIntercepted(decision: Interception) {
  const calls: AwsCall[] = []
  const { client } = await openTable(TableName, 'pk', async (call) => {
    calls.push(call)
    return ['PutItem', 'BatchWriteItem'].includes(call.action) ? decision : 'pass'
  })
  const items = async (...keys: string[]) => {
    const Keys = keys.map((S) => ({ pk: { S } }))
    const RequestItems = { [TableName]: { Keys, ConsistentRead: true } }
    return (await client.send(new BatchGetItemCommand({ RequestItems }))).Responses?.[TableName]
  }
  return { client, calls, items }
}

it('takes writes to a table as soon as createTable has resolved', async () => {
  const { setTimeout } = globalThis
  // dynalite makes a table active in a timer of 0 ms.
  const timers = vi.spyOn(globalThis, 'setTimeout')
  timers.mockImplementation(((run: () => void, ms = 0) => setTimeout(run, ms || 50)) as typeof setTimeout)
  onTestFinished(() => timers.mockRestore())
  const { client } = await openTable(TableName, 'pk')
  expect((await client.send(put())).$metadata.httpStatusCode).toBe(200)
})

describe('an interceptor of the DynamoDB endpoint', () => {
  it.each<[Interception, object, unknown[]]>([
    ['drop', { code: 'ECONNRESET' }, []],
    ['drop_response', { code: 'ECONNRESET' }, [ITEM]],
    [{ status: 500, errorType: 'InternalServerError' }, { name: 'InternalServerError' }, []],
  ])('fails a call, before or after its effect: %j', async (decision, error, written) => {
    const { client, items } = await openIntercepted(decision)
    await expect(client.send(put())).rejects.toMatchObject(error)
    expect(await items('key')).toEqual(written)
  })

  it('answers with errors that the SDK knows as its own classes', async () => {
    const errorType = 'ProvisionedThroughputExceededException'
    const { client } = await openIntercepted({ status: 400, errorType })
    await expect(client.send(put())).rejects.toBeInstanceOf(ProvisionedThroughputExceededException)
  })

  it('sees each call with its action, caller and body', async () => {
    const { client, calls } = await openIntercepted('pass')
    await client.send(put())
    expect(calls.map(({ action }) => action).filter((action) => action !== 'DescribeTable')).toEqual([
      'CreateTable',
      'PutItem',
    ])
    expect(calls.at(-1)).toMatchObject({ service: 'dynamodb', caller: 'tester', body: { Item: ITEM } })
  })

  it('takes the first rows of a batch and returns the others as unprocessed', async () => {
    const { client, items } = await openIntercepted({ partial: 1 })
    const { UnprocessedItems } = await client.send(write('a', 'b', 'c'))
    const keys = UnprocessedItems?.[TableName]?.map(({ PutRequest }) => PutRequest?.Item?.pk?.S)
    expect(keys).toEqual(['b', 'c'])
    expect(await items('a', 'b', 'c')).toEqual([{ pk: { S: 'a' } }])
    expect((await client.send(write('b'))).UnprocessedItems).toEqual({})
  })
})
