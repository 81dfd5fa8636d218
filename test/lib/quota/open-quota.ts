import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { onTestFinished } from 'vitest'
import { startDynamoDb } from '../../../infra/local/dynamodb/start-dynamodb.ts'
import type { Tap } from '../../../infra/local/tap.ts'
import { createAddToHour } from '../../../lib/quota/create-add-to-hour.ts'
import { createCountMembers } from '../../../lib/quota/create-count-members.ts'

const table = 'quota'

/** Starts DynamoDB with an empty quota table; `join` makes the counting of one more environment, with a client and a clock of its own. */
export async function openQuota(tap?: Tap) {
  const { endpoint, stop } = await startDynamoDb(tap ? { tap } : {})
  const clients: DynamoDBClient[] = []
  onTestFinished(async () => {
    for (const client of clients) client.destroy()
    await stop()
  })
  const connect = () => {
    const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret' }
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
    clients.push(client)
    return client
  }
  const own = connect()
  await own.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )

  function join(now: () => number) {
    const quota = { dynamoDB: connect(), table, now }
    const addToHour = createAddToHour({ ...quota, sleep: async () => {}, random: Math.random })
    return { addToHour, countMembers: createCountMembers({ ...quota, addToHour }) }
  }

  const rows = async () => (await own.send(new ScanCommand({ TableName: table }))).Items ?? []
  return { join, rows }
}
