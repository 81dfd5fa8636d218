import { existsSync } from 'node:fs'
import { devNull } from 'node:os'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readResidentSet } from '../../../../infra/local/lambda/function.ts'
import { startTestFunction } from './start-test-function.ts'

const FOLLOW_ORDERS = `
  let count = 0
  exports.handler = async (event, context) => {
    count++
    if (event.throws) throw Object.assign(new Error(event.throws), { name: 'OrderError' })
    if (event.exits !== undefined) process.exit(event.exits)
    if (event.hangs) { console.log('hanging'); await new Promise(() => setInterval(() => {}, 1000)) }
    if (event.exitsAfterMs) setTimeout(() => process.exit(1), event.exitsAfterMs)
    if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs))
    return { pid: process.pid, count, remainingMs: context.getRemainingTimeInMillis() }
  }`

const answer = (pid: unknown, count: number) => ({
  kind: 'answered',
  payload: expect.objectContaining({ pid, count }),
})

describe('an invocation', () => {
  it('answers with what the handler returns, and its environment is reused', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS)
    const first = await local.invoke({})
    const second = await local.invoke({})
    expect(first).toMatchObject({ ...answer(expect.any(Number), 1), initMs: expect.any(Number) })
    expect(second).toMatchObject(answer(expect.any(Number), 2))
    expect(second).not.toHaveProperty('initMs')
    expect(local.running()).toBe(1)
  })

  it('gives the handler the remaining time', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS, { timeoutMs: 8000 })
    const result = await local.invoke({ waitMs: 100 })
    if (result.kind !== 'answered') throw new Error(result.errorMessage)
    const { remainingMs } = result.payload as { remainingMs: number }
    expect(remainingMs).toBeGreaterThan(2000)
    expect(remainingMs).toBeLessThanOrEqual(7901)
  })

  it('fails with the thrown error, and its environment is reused', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS)
    const failed = { kind: 'failed', errorType: 'OrderError', errorMessage: 'no' }
    expect(await local.invoke({ throws: 'no' })).toMatchObject(failed)
    expect(await local.invoke({})).toMatchObject(answer(expect.any(Number), 2))
  })

  it.each([
    { exits: 3, errorMessage: 'Runtime exited with error: exit status 3' },
    { exits: 0, errorMessage: 'Runtime exited without providing a reason' },
  ])(
    'fails when the process exits with $exits, and the next one gets a new environment',
    async ({ exits, errorMessage }) => {
      const local = await startTestFunction(FOLLOW_ORDERS)
      const failed = { kind: 'failed', errorType: 'Runtime.ExitError', errorMessage }
      expect(await local.invoke({ exits })).toMatchObject(failed)
      expect(local.running()).toBe(0)
      expect(await local.invoke({})).toMatchObject(answer(expect.any(Number), 1))
    },
  )

  it('is killed at the timeout, and the next one gets a new environment', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS, { timeoutMs: 400 })
    const result = await local.invoke({ hangs: true })
    expect(result).toMatchObject({ kind: 'failed', errorType: 'Sandbox.Timedout' })
    expect(result.durationMs).toBeGreaterThanOrEqual(399)
    expect(await local.invoke({})).toMatchObject(answer(expect.any(Number), 1))
  })

  it('has the whole timeout to itself in a reused environment', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS, { timeoutMs: 1500 })
    for (const count of [1, 2, 3]) {
      expect(await local.invoke({ waitMs: 600 })).toMatchObject(answer(expect.any(Number), count))
    }
  })

  it('gets a new environment when the idle one died', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS)
    await local.invoke({ exitsAfterMs: 20 })
    await vi.waitFor(() => expect(local.running()).toBe(0), 5000)
    expect(await local.invoke({})).toMatchObject(answer(expect.any(Number), 1))
  })

  it('fails when the handler returns something that is not JSON', async () => {
    const local = await startTestFunction('exports.handler = async () => () => {}')
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', errorType: 'TypeError' })
  })
})

describe('a failing init', () => {
  it.each([
    { source: `throw new RangeError('at init')`, errorType: 'RangeError', errorMessage: 'at init' },
    { source: 'exports.other = 1', errorType: 'Runtime.HandlerNotFound' },
    { source: 'this is not JavaScript', errorType: 'Runtime.UserCodeSyntaxError' },
    { source: 'process.exit(7)', errorType: 'Runtime.ExitError' },
  ])('fails the invocation with $errorType for: $source', async ({ source, ...error }) => {
    const local = await startTestFunction(source)
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', ...error })
    expect(local.running()).toBe(0)
  })

  it('fails the invocation when it takes too long', async () => {
    const local = await startTestFunction('for (;;) {}', { initTimeoutMs: 300 })
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', errorType: 'Sandbox.Timedout' })
    expect(local.running()).toBe(0)
  })

  it('fails the invocation when the asset directory is missing', async () => {
    const local = await startTestFunction('', { assetDirectory: '/nowhere/at/all' })
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' })
    expect(local.running()).toBe(0)
  })
})

describe('concurrent invocations', () => {
  it('run in an environment each, which are reused afterwards', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS)
    const pidsOf = (results: unknown[]) =>
      new Set(results.map((r) => (r as { payload: { pid: number } }).payload.pid))
    const atOnce = () => Promise.all([local.invoke({ waitMs: 300 }), local.invoke({ waitMs: 300 })])
    const first = pidsOf(await atOnce())
    expect(first.size).toBe(2)
    expect(pidsOf(await atOnce())).toEqual(first)
  })

  it('wait for a free environment when all that are allowed are busy', async () => {
    const local = await startTestFunction(FOLLOW_ORDERS, { maximumEnvironments: 1 })
    const results = Promise.all([
      local.invoke({}),
      local.invoke({}),
      local.invoke({ exits: 1 }),
      local.invoke({}),
    ])
    expect(local.running()).toBe(1)
    expect((await results).map(({ kind }) => kind)).toEqual(['answered', 'answered', 'failed', 'answered'])
    expect(local.running()).toBe(1)
  })
})

describe('the log', () => {
  it('has every line of stdout and stderr, also those written just before a crash', async () => {
    const local = await startTestFunction(`
      exports.handler = async () => {
        process.stdout.write('half ')
        process.stdout.write('line\\r\\u2028\\n')
        process.stderr.write('to stderr\\n')
        process.stdout.write('unfinished')
        process.exit(1)
      }`)
    await local.invoke({})
    expect(local.log).toEqual(expect.arrayContaining(['half line\r\u2028', 'to stderr', 'unfinished']))
  })

  it('has the structured lines of the runtime client', async () => {
    const local = await startTestFunction(`exports.handler = async () => console.log('hello\\nthere')`)
    await local.invoke({})
    await vi.waitFor(() => expect(local.log).toEqual([expect.stringMatching(/\tINFO\thello\rthere$/)]))
  })
})

const SHOW =
  'exports.handler = async () => ({ variables: process.env, directory: process.cwd(), node: process.version })'

async function show(environment: Record<string, string>) {
  const local = await startTestFunction(SHOW, { environment, name: 'require-reset' })
  const result = await local.invoke({})
  if (result.kind === 'failed') throw new Error(result.errorMessage)
  return result.payload as { variables: Record<string, string>; directory: string; node: string }
}

describe('an execution environment', () => {
  it('has the variables that Lambda sets, those of the function, and only PATH of the parent', async () => {
    process.env.LEAKED_SECRET = 'from the parent'
    onTestFinished(() => void delete process.env.LEAKED_SECRET)
    const { variables } = await show({ LEDGER_TABLE: 'ledger' })
    expect(variables).toMatchObject({
      PATH: process.env.PATH,
      LEDGER_TABLE: 'ledger',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'require-reset',
      AWS_LAMBDA_FUNCTION_NAME: 'require-reset',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_CONFIG_FILE: devNull,
    })
    const others = Object.keys(variables).filter((name) => !/^(AWS|LAMBDA|_X_AMZN|_HANDLER$)/.test(name))
    expect(others.sort()).toEqual(['LANG', 'LEDGER_TABLE', 'PATH', 'TZ'])
  })

  it('runs in the asset directory, under the Node of this process', async () => {
    const { variables, directory, node } = await show({})
    expect(directory).toBe(variables.LAMBDA_TASK_ROOT)
    expect(node).toBe(process.version)
  })

  it('does not let a function replace the variables that Lambda reserves', async () => {
    const { variables } = await show({
      AWS_ACCESS_KEY_ID: 'someone else',
      AWS_REGION: 'elsewhere',
      TZ: 'Asia/Tokyo',
    })
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: 'require-reset',
      AWS_REGION: 'us-east-1',
      TZ: 'Asia/Tokyo',
    })
  })
})

it.runIf(existsSync('/proc'))('the memory of a function can be read while it is alive', async () => {
  const local = await startTestFunction('exports.handler = async () => process.memoryUsage().rss')
  const result = await local.invoke({})
  const [pid = 0] = local.pids()
  const reported = result.kind === 'answered' ? Number(result.payload) : 0
  expect(Math.abs((readResidentSet(pid) ?? 0) / reported - 1)).toBeLessThan(0.5)
  await local.stop()
  expect(readResidentSet(pid)).toBeUndefined()
})
