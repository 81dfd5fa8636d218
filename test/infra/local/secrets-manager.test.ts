import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  InternalServiceError,
  ListSecretsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AwsCall, Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:stytch'

async function openSecretsManager(intercept?: Interceptor) {
  const secretsManager = await startSecretsManager(intercept ? { intercept } : {})
  const client = new SecretsManagerClient({
    endpoint: secretsManager.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'tester', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await secretsManager.stop()
  })
  const get = (SecretId: string, input?: Partial<GetSecretValueCommandInput>) =>
    client.send(new GetSecretValueCommand({ SecretId, ...input }))
  return { secretsManager, client, get }
}

describe('Secrets Manager', () => {
  it.each([
    ['an ARN', ARN],
    ['a name', 'stytch'],
  ])('finds a secret that was put under %s by its ARN and by its name', async (_what, secretId) => {
    const { secretsManager, get } = await openSecretsManager()
    expect(secretsManager.put(secretId, 'value')).toBe(ARN)
    for (const asked of [ARN, 'stytch']) {
      const secret = await get(asked)
      expect(secret).toMatchObject({ ARN, Name: 'stytch', SecretString: 'value' })
      expect(secret.VersionId).toMatch(/^[0-9a-f-]{36}$/)
      expect(Math.abs(Date.now() - Number(secret.CreatedDate))).toBeLessThan(10_000)
    }
  })

  it('answers the newest value, as a new version', async () => {
    const { secretsManager, get } = await openSecretsManager()
    secretsManager.put('stytch', 'old')
    const { VersionId } = await get('stytch')
    secretsManager.put('stytch', 'new')
    const secret = await get('stytch', { VersionStage: 'AWSCURRENT' })
    expect(secret.SecretString).toBe('new')
    expect(secret.VersionId).not.toBe(VersionId)
    await expect(get('stytch', { VersionId })).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('answers ResourceNotFoundException for a secret that is not there', async () => {
    const { get } = await openSecretsManager()
    await expect(get('stytch')).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('answers UnknownOperationException for any other action', async () => {
    const { client } = await openSecretsManager()
    const name = 'UnknownOperationException'
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({ name })
  })

  it('asks the interceptor about each call', async () => {
    const calls: AwsCall[] = []
    const { secretsManager, get } = await openSecretsManager(async (call) => {
      calls.push(call)
      return { status: 500, errorType: 'InternalServiceError' }
    })
    secretsManager.put('stytch', 'value')
    await expect(get('stytch')).rejects.toBeInstanceOf(InternalServiceError)
    const body = { SecretId: 'stytch' }
    expect(calls).toEqual([{ service: 'secretsmanager', action: 'GetSecretValue', caller: 'tester', body }])
  })
})
