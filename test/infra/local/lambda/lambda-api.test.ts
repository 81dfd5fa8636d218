import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListFunctionsCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AwsCall, Interceptor } from '../../../../infra/local/aws-endpoint.ts'
import {
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../../infra/local/lambda/event-source-mapping.ts'
import { startLambdaApi } from '../../../../infra/local/lambda/lambda-api.ts'
import { startTestQueue } from './start-test-queue.ts'

const UUID = '0a1b2c3d-0000-4000-8000-000000000000'

/** Lambda with one mapping, whose function is held up while `invoke` is. */
async function openLambda({
  invoke,
  intercept,
}: Partial<EventSourceMappingOptions & { intercept: Interceptor }>) {
  const queue = await startTestQueue()
  const mapping = startEventSourceMapping({
    ...{ sqs: queue.sqs, queueUrl: queue.queueUrl, queueArn: queue.queueArn },
    ...{ batchSize: 10, windowSeconds: 0, maximumConcurrency: 2, reportBatchItemFailures: true },
    invoke: invoke ?? (async () => ({ kind: 'answered', payload: { batchItemFailures: [] }, durationMs: 1 })),
  })
  const mappings = new Map([[UUID, mapping]])
  const { endpoint, stop } = await startLambdaApi(mappings, intercept && { intercept })
  const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret' }
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    await stop()
    await mapping.stop()
  })
  return {
    queue,
    client,
    get: (uuid = UUID) => client.send(new GetEventSourceMappingCommand({ UUID: uuid })),
    enable: (Enabled: boolean) => client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled })),
  }
}

describe('Lambda', () => {
  it('says the state of an event source mapping', async () => {
    const { get } = await openLambda({})
    expect(await get()).toMatchObject({ UUID, State: 'Enabled' })
  })

  it('disables it once the batch under way is finished, delivers nothing until it is enabled again, then all', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const bodies: string[] = []
    const { get, enable, queue } = await openLambda({
      async invoke({ Records }) {
        bodies.push(...Records.map(({ body }) => body))
        await held
        return { kind: 'answered', payload: { batchItemFailures: [] }, durationMs: 1 }
      },
    })
    await queue.send(['before'])
    await vi.waitFor(() => expect(bodies).toEqual(['before']), 5000)

    expect(await enable(false)).toMatchObject({ State: 'Disabling' })
    expect(await get()).toMatchObject({ State: 'Disabling' })
    await expect(enable(true)).rejects.toBeInstanceOf(ResourceInUseException)
    release()
    await vi.waitFor(async () => expect(await get()).toMatchObject({ State: 'Disabled' }), 5000)
    expect(await queue.depth()).toBe(0)

    await queue.send(['meanwhile'])
    expect(await enable(false)).toMatchObject({ State: 'Disabled' })
    expect(bodies).toEqual(['before'])

    expect(await enable(true)).toMatchObject({ State: 'Enabling' })
    await vi.waitFor(() => expect(bodies).toEqual(['before', 'meanwhile']), 5000)
    expect(await get()).toMatchObject({ State: 'Enabled' })
    expect(await enable(true)).toMatchObject({ State: 'Enabled' })
  })

  it('answers ResourceNotFoundException for a mapping that is not there', async () => {
    const { get } = await openLambda({})
    await expect(get('another')).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('answers InvalidParameterValueException for any other action', async () => {
    const { client } = await openLambda({})
    const name = 'InvalidParameterValueException'
    await expect(client.send(new ListFunctionsCommand({}))).rejects.toMatchObject({ name })
  })

  it('asks the interceptor about each call', async () => {
    const calls: AwsCall[] = []
    const { enable } = await openLambda({
      intercept: async (call) => {
        calls.push(call)
        return { status: 403, errorType: 'AccessDeniedException' }
      },
    })
    await expect(enable(false)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const body = { UUID, Enabled: false }
    const action = 'UpdateEventSourceMapping'
    expect(calls).toEqual([{ service: 'lambda', action, caller: 'tester', body }])
  })
})
