import { RemovalPolicy, SecretValue } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

export type Secrets = { ledgerKey: Secret; stytchSecret: Secret }

/**
 * The key that names people in the ledger, generated here; and the Stytch key, empty until it is filled in.
 * CloudFormation writes a secret's value again when its properties here change: an edit would generate another ledger
 * key, or blank a Stytch key that has been filled in.
 */
export function createSecrets(scope: Construct, stage: Stage, encryptionKey: IKey): Secrets {
  const common = {
    encryptionKey,
    removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  }
  const ledgerKey = new Secret(scope, 'LedgerKey', {
    ...common,
    description:
      'Names people in the ledger. Never rotate it: nobody would be found covered, and everybody reset again.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  })
  const stytchSecret = new Secret(scope, 'StytchSecret', {
    ...common,
    description:
      'project_id and secret of the Stytch B2B project. Fill in and rotate: aws secretsmanager put-secret-value; no deploy is needed.',
    secretObjectValue: {
      project_id: SecretValue.unsafePlainText(''),
      secret: SecretValue.unsafePlainText(''),
    },
  })
  acknowledge(
    ledgerKey,
    'AwsSolutions-SMG4',
    'under another key nobody would be found in the ledger, and everybody could be reset again: it must never rotate',
  )
  acknowledge(
    stytchSecret,
    'AwsSolutions-SMG4',
    'only Stytch can issue its key: rotated by hand (docs/runbook.md), and read again by the function without a deploy',
  )
  return { ledgerKey, stytchSecret }
}
