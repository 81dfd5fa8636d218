import { describe, expect, it, onTestFinished } from 'vitest'
import { openAwsClients } from '../../../cli/aws.ts'
import { switchMapping } from '../../../cli/pause/mappings.ts'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import type { MappingState } from '../../../infra/local/lambda/event-source-mapping.ts'
import { startLambdaApi } from '../../../infra/local/lambda/lambda-api.ts'
import { createMapping } from './create-mapping.ts'

/** `pass`: what happens each time that the command waits; a minute passes, too. */
async function prepare(
  states: Record<string, MappingState>,
  pass: (waits: number) => void = () => {},
  intercept: Interceptor = async () => 'pass',
) {
  const mappings = new Map(Object.entries(states).map(([uuid, state]) => [uuid, createMapping(state)]))
  const { endpoint, stop } = await startLambdaApi(mappings, { intercept })
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const { lambda } = openAwsClients({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(async () => {
    lambda.destroy()
    await stop()
  })
  let waits = 0
  return {
    mappings,
    deps: {
      ...{ lambda, signal: new AbortController().signal, now: () => waits * 60_000 },
      sleep: async () => pass(++waits),
    },
  }
}

const mapping = { name: 'fan-out', uuid: 'one' } as const

describe('switching an event source mapping', () => {
  it.each([
    [false, 'Enabled', 'pause', 'Disabled'],
    [true, 'Disabled', 'resume', 'Enabled'],
  ] as const)('to %j asks once, and waits until AWS says so', async (enabled, before, change, after) => {
    const { mappings, deps } = await prepare({ one: before }, (waits) => {
      const one = mappings.get('one')
      if (one && waits === 3) one.current = after
    })
    expect(await switchMapping(mapping, enabled, deps)).toBe(after)
    expect(mappings.get('one')?.changes).toEqual([change])
  })

  it('asks for nothing when it is so already', async () => {
    const { mappings, deps } = await prepare({ one: 'Disabled' })
    expect(await switchMapping(mapping, false, deps)).toBe('Disabled')
    expect(mappings.get('one')?.changes).toEqual([])
  })

  it('waits for an opposite change to end first', async () => {
    const { mappings, deps } = await prepare({ one: 'Enabling' }, (waits) => {
      const one = mappings.get('one')
      if (one) one.current = waits === 1 ? 'Enabled' : 'Disabled'
    })
    expect(await switchMapping(mapping, false, deps)).toBe('Disabled')
    expect(mappings.get('one')?.changes).toEqual(['pause'])
  })

  it('asks again when another change came in between, which AWS refuses', async () => {
    const { mappings, deps } = await prepare({ one: 'Enabled' }, (waits) => {
      const one = mappings.get('one')
      if (one) one.current = waits === 1 ? 'Enabled' : 'Disabled'
    })
    const one = mappings.get('one')
    let looks = 0
    // Enabled when it is looked at, and being changed when it is to be changed.
    if (one) one.state = () => (++looks === 2 ? 'Disabling' : one.current)
    expect(await switchMapping(mapping, false, deps)).toBe('Disabled')
    expect(one?.changes).toEqual(['pause'])
  })

  it('asks again when AWS throttles the request', async () => {
    let asked = 0
    const { mappings, deps } = await prepare(
      { one: 'Enabled' },
      () => {
        const one = mappings.get('one')
        if (one?.current === 'Disabling') one.current = 'Disabled'
      },
      async ({ action }) =>
        action === 'UpdateEventSourceMapping' && ++asked === 1
          ? { status: 429, errorType: 'TooManyRequestsException' }
          : 'pass',
    )
    expect(await switchMapping(mapping, false, deps)).toBe('Disabled')
    expect(mappings.get('one')?.changes).toEqual(['pause'])
  })

  it('gives up after 5 minutes with the state that AWS says', async () => {
    let waited = 0
    const { deps } = await prepare({ one: 'Enabled' }, (waits) => {
      waited = waits
    })
    expect(await switchMapping(mapping, false, deps)).toBe('Disabling')
    expect(waited).toBe(5)
  })
})
