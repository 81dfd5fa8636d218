import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { AwsCall } from '../../../infra/local/aws-endpoint.ts'
import { createTable, startDynamoDb } from '../../../infra/local/dynamodb.ts'

/** A DynamoDB with ledger tables. `calls` are those since the last `createTable`. */
export async function startLedger() {
  const calls: AwsCall[] = []
  const server = await startDynamoDb({
    intercept: async (call) => {
      calls.push(call)
      return 'pass'
    },
  })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const dynamoDB = new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials })

  async function addTable() {
    const table = `Ledger-${Math.floor(performance.now() * 1000)}`
    const keys = [
      { name: 'person', KeyType: 'HASH' },
      { name: 'kind', KeyType: 'RANGE' },
    ] as const
    await createTable(dynamoDB, {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map(({ name }) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: keys.map(({ name, KeyType }) => ({ AttributeName: name, KeyType })),
    })
    calls.length = 0
    return { dynamoDB, table, sleep: async () => {}, random: () => 0 }
  }

  async function stop() {
    dynamoDB.destroy()
    await server.stop()
  }

  return { dynamoDB, calls, createTable: addTable, stop }
}
