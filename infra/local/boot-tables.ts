import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import { resourcesOf } from './resources-of.ts'
import type { Template } from './template.ts'

const TableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
})

/** Encryption at rest, backups, protection from deletion by CloudFormation, and rows that expire after days. */
const IGNORED = [
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'DeletionProtectionEnabled',
  'TimeToLiveSpecification',
]

/** Creates the template's tables, each named by its logical id. Returns the names by logical id. */
export async function bootTables(
  template: Template,
  resolver: Resolver,
  dynamoDB: DynamoDBClient,
): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::DynamoDB::Table',
    TableSchema,
    IGNORED,
  )) {
    await dynamoDB.send(new CreateTableCommand({ TableName: logicalId, ...properties }))
    resolver.define(logicalId, { ref: logicalId })
    names.set(logicalId, logicalId)
  }
  return names
}
