import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { onTestFinished } from 'vitest'
import { startDynamoDb } from '../../../../infra/local/dynamodb/start-dynamodb.ts'
import type { Tap } from '../../../../infra/local/tap.ts'

export const TableName = 'ledger'

/** Starts DynamoDB with one table, keyed by the string `pk`, and a client of it; both end with the test. */
export async function openDynamoDb(tap?: Tap): Promise<DynamoDBClient> {
  const { endpoint, stop } = await startDynamoDb(tap ? { tap } : {})
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'tester', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await stop()
  })
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  return client
}
