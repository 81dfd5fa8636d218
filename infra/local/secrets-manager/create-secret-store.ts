import { randomUUID } from 'node:crypto'
import * as z from 'zod'

const ARN_PREFIX = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:'

const RequestSchema = z.object({
  SecretId: z.string(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
})

type Secret = {
  ARN: string
  Name: string
  SecretString: string
  VersionId: string
  VersionStages: string[]
  CreatedDate: number
}

export type SecretStore = {
  put(secretId: string, value: string): void
  find(request: unknown): Secret | undefined
}

/** Keeps the current version of each secret. `find` takes the body of a GetSecretValue request. */
export function createSecretStore(): SecretStore {
  const secrets = new Map<string, Secret>()
  const toName = (secretId: string) =>
    secretId.startsWith(ARN_PREFIX) ? secretId.slice(ARN_PREFIX.length) : secretId

  return {
    put(secretId, value) {
      const Name = toName(secretId)
      secrets.set(Name, {
        ARN: ARN_PREFIX + Name,
        Name,
        SecretString: value,
        VersionId: randomUUID(),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: Date.now() / 1000,
      })
    },
    find(request) {
      const { SecretId, VersionId, VersionStage = 'AWSCURRENT' } = RequestSchema.parse(request)
      const secret = secrets.get(toName(SecretId))
      if (!secret?.VersionStages.includes(VersionStage)) return undefined
      return VersionId === undefined || VersionId === secret.VersionId ? secret : undefined
    },
  }
}
