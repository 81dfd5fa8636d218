import { answer } from '../answer.ts'
import { type AwsEndpoint, startAwsEndpoint } from '../start-aws-endpoint.ts'
import type { Tap } from '../tap.ts'
import { createSecretStore } from './create-secret-store.ts'

export type LocalSecretsManager = AwsEndpoint & {
  /** Creates the secret, or gives it a new current version. `secretId` is an ARN or a name. */
  put(secretId: string, value: string): void
}

/** Starts a Secrets Manager that knows GetSecretValue, on a free port of 127.0.0.1. Every request passes the tap first. */
export async function startSecretsManager({ tap }: { tap?: Tap } = {}): Promise<LocalSecretsManager> {
  const secrets = createSecretStore()
  const endpoint = await startAwsEndpoint({
    service: 'secretsmanager',
    tap,
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
