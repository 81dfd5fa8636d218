import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { onTestFinished } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { startDynamoDb } from '../../../infra/local/dynamodb.ts'

/** Starts DynamoDB with one empty table, keyed by a string; `connect` makes one more client. All ends with the test. */
export async function openTable(TableName: string, key: string, intercept?: Interceptor) {
  const { endpoint, stop } = await startDynamoDb(intercept ? { intercept } : {})
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
  const client = connect()
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  return { client, connect }
}
