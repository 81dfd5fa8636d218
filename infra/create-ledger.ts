import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import type { Stage } from './stage.ts'

/** Who was reset, when: a row per person and kind, for ever. */
export function createLedger(scope: Construct, stage: Stage, key: IKey): Table {
  return new Table(scope, 'Ledger', {
    partitionKey: { name: 'person', type: AttributeType.STRING },
    sortKey: { name: 'kind', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: stage.retainData,
    removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
}
