import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { type AwsEndpoint, answer, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'

/** Starts a Secrets Manager with one action, GetSecretValue, on a free port of 127.0.0.1. Every request passes the interceptor first. */
export async function startSecretsManager(options: EndpointOptions = {}): Promise<LocalSecretsManager> {
  const secrets = createSecretStore()
  const endpoint = await startAwsEndpoint({
    service: 'secretsmanager',
    ...options,
    serve({ call, response }) {
      if (call.action !== 'GetSecretValue')
        return answer(response, 400, { __type: 'UnknownOperationException', message: call.action })
      const secret = secrets.find(call.body)
      if (!secret)
        return answer(response, 400, {
          __type: 'ResourceNotFoundException',
          message: "Secrets Manager can't find the specified secret.",
        })
      return answer(response, 200, secret)
    },
  })
  return { ...endpoint, put: secrets.put }
}

export type LocalSecretsManager = AwsEndpoint & {
  /** Creates the secret, or gives it a new current version. `secretId` is an ARN or a name. Returns the ARN. */
  put(secretId: string, value: string): string
}

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

/** Keeps the current version of each secret. `find` takes the body of a GetSecretValue request. */
function createSecretStore() {
  const secrets = new Map<string, Secret>()
  const toName = (secretId: string) =>
    secretId.startsWith(ARN_PREFIX) ? secretId.slice(ARN_PREFIX.length) : secretId

  return {
    put(secretId: string, value: string): string {
      const Name = toName(secretId)
      secrets.set(Name, {
        ARN: ARN_PREFIX + Name,
        Name,
        SecretString: value,
        VersionId: randomUUID(),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: Date.now() / 1000,
      })
      return ARN_PREFIX + Name
    },
    find(request: unknown): Secret | undefined {
      const { SecretId, VersionId, VersionStage = 'AWSCURRENT' } = RequestSchema.parse(request)
      const secret = secrets.get(toName(SecretId))
      if (!secret?.VersionStages.includes(VersionStage)) return undefined
      return VersionId === undefined || VersionId === secret.VersionId ? secret : undefined
    },
  }
}
