import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

/**
 * How many members each source has sent within the hour, and which messages were counted; only where a source has an hourly
 * limit. Apart from the ledger, so that fan-out can't touch that one, and not kept: without it the hour begins anew.
 */
export function createQuota(scope: Construct, { sources = {} }: Stage, key: IKey): Table | undefined {
  const isLimited = Object.values(sources).some(({ maxMembersPerHour }) => maxMembersPerHour !== undefined)
  if (!isLimited) return undefined
  const table = new Table(scope, 'Quota', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  acknowledge(table, 'AwsSolutions-DDB3', 'counts of the last hour: restored, they would be out of date')
  return table
}
