import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Interceptor } from '../../../../infra/local/aws-endpoint.ts'
import { openTable } from './open-table.ts'

export const TableName = 'ledger'

/** Starts DynamoDB with one table, keyed by the string `pk`, and a client of it; both end with the test. */
export async function openDynamoDb(intercept?: Interceptor): Promise<DynamoDBClient> {
  return (await openTable(TableName, 'pk', intercept)).client
}
