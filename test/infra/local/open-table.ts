import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { onTestFinished } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { createTable, startDynamoDb } from '../../../infra/local/dynamodb.ts'

/** Starts DynamoDB with one empty table, keyed by a string, or by two ("partition sort"); `connect` makes one more client. All ends with the test. */
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
  const names = key.split(' ')
  await createTable(client, {
    TableName,
    KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index ? 'RANGE' : 'HASH' })),
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
  })
  return { client, connect }
}
