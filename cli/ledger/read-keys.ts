import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createCredentialsReader } from '../../lib/stytch/credentials.ts'

/** Reads the ledger key, and the Stytch project unless it is `given`, by the caller's own right. Rejects with a sentence. */
export async function readKeys(
  secrets: SecretsManagerClient,
  arns: { LedgerKeyArn: string; StytchSecretArn: string },
  given: string | undefined,
): Promise<{ ledgerKey: string; projectId: string }> {
  const read = async (SecretId: string) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString
  const ledgerKey = (await read(arns.LedgerKeyArn)) ?? ''
  if (given !== undefined) return { ledgerKey, projectId: given }
  const credentials = await createCredentialsReader(() => read(arns.StytchSecretArn)).current()
  if (credentials === 'invalid')
    throw new Error('the Stytch secret is not filled in: say which project with --project-id')
  return { ledgerKey, projectId: credentials.project_id }
}
