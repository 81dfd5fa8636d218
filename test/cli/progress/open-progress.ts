import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import pLimit from 'p-limit'
import { onTestFinished } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { createTable, startDynamoDb } from '../../../infra/local/dynamodb.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { putFact } from '../../../lib/progress/progress-table.ts'

const TABLE = 'Progress'
const keySchema = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
]

/**
 * Starts DynamoDB with an empty table of facts, as a stage has it; all ends with the test. `environment`: the variables that lead a
 * command to it.
 */
export async function openProgressTable(intercept?: Interceptor) {
  const { endpoint, stop } = await startDynamoDb(intercept ? { intercept } : {})
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const dynamoDB = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(async () => {
    dynamoDB.destroy()
    await stop()
  })
  await createTable(dynamoDB, {
    TableName: TABLE,
    KeySchema: keySchema('event', 'fact'),
    AttributeDefinitions: ['event', 'fact', 'day', 'at'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'latest',
        KeySchema: keySchema('day', 'at'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
  const source = { dynamoDB, table: TABLE }
  const limited = pLimit(20)
  let settlements = 0
  return {
    source,
    put: (...facts: Fact[]) =>
      Promise.all(facts.map((fact) => limited(() => putFact(source, fact, String(settlements++))))),
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
    },
  }
}
