import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import { resourcesOf } from './resources-of.ts'
import type { LocalSecretsManager } from './secrets-manager/start-secrets-manager.ts'
import type { Template } from './template.ts'

const SecretSchema = z.object({
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.object({ PasswordLength: z.number() }).optional(),
})

/** Encryption at rest. */
const IGNORED = ['KmsKeyId']

export type LocalSecret = { arn: string; value: string }

/** Creates the template's secrets with their initial or generated values. Returns them by logical id. */
export function bootSecrets(
  template: Template,
  resolver: Resolver,
  secretsManager: LocalSecretsManager,
): Map<string, LocalSecret> {
  const secrets = new Map<string, LocalSecret>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::SecretsManager::Secret',
    SecretSchema,
    IGNORED,
  )) {
    const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${logicalId}`
    const length = properties.GenerateSecretString?.PasswordLength ?? 32
    const value = properties.SecretString ?? randomBytes(length).toString('hex').slice(0, length)
    secretsManager.put(arn, value)
    resolver.define(logicalId, { ref: arn })
    secrets.set(logicalId, { arn, value })
  }
  return secrets
}
