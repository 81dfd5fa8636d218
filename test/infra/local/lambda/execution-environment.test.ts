import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTestFunction, writeBundle } from './start-test-function.ts'

const HANG = `exports.handler = async (event) => {
  console.log('pid ' + process.pid)
  if (event.hangs) await new Promise(() => setInterval(() => {}, 1000))
  return process.pid
}`

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function startedPids(log: string[], count: number): Promise<number[]> {
  await vi.waitFor(() => expect(log).toHaveLength(count), 10_000)
  return log.map((line) => Number(/pid (\d+)$/.exec(line)?.[1]))
}

describe('kill', () => {
  it('ends the environments that are in an invocation, and no others', async () => {
    const local = await startTestFunction(HANG)
    const idle = Promise.all([local.invoke({}), local.invoke({})])
    const idlePids = (await idle).map((result) => result.kind === 'answered' && result.payload)
    const hanging = local.invoke({ hangs: true })
    const pids = await startedPids(local.log, 3)
    expect(local.kill()).toBe(1)
    expect(local.kill()).toBe(0)
    expect(await hanging).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' })
    expect(isRunning(pids[2] as number)).toBe(false)
    expect(local.running()).toBe(1)
    expect(local.kill()).toBe(0)
    const next = await local.invoke({})
    expect(next).toMatchObject({ kind: 'answered' })
    expect(idlePids).toContain(next.kind === 'answered' && next.payload)
  })

  it('is final: a response that was being posted is not accepted', async () => {
    const local = await startTestFunction(HANG, {
      async beforeResponse() {
        expect(local.kill()).toBe(1)
        return 'pass'
      },
    })
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' })
  })
})

describe('beforeResponse', () => {
  it('sees the response and can let it pass or drop it, which kills the environment', async () => {
    const seen: unknown[] = []
    const local = await startTestFunction(HANG, {
      async beforeResponse({ payload }) {
        seen.push(payload)
        return seen.length === 2 ? 'drop' : 'pass'
      },
    })
    const results = [await local.invoke({}), await local.invoke({}), await local.invoke({})]
    expect(results.map(({ kind }) => kind)).toEqual(['answered', 'failed', 'answered'])
    const [first, second, third] = await startedPids(local.log, 3)
    expect(seen).toEqual([first, second, third])
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect(isRunning(first as number)).toBe(false)
  })
})

describe('an environment that never asks for its next invocation', () => {
  it.each(['process.exit(1)', 'for (;;) {}'])('has answered, and is replaced: %s', async (instead) => {
    const local = await startTestFunction(
      `const http = require('node:http')
      const { request } = http
      let answered = false
      http.request = (options) => {
        if (answered && options.path.endsWith('/next')) ${instead}
        return request(options)
      }
      exports.handler = async () => (answered = true)`,
      { timeoutMs: 1000 },
    )
    expect(await local.invoke({})).toMatchObject({ kind: 'answered', payload: true })
    expect(local.running()).toBe(0)
    expect(await local.invoke({})).toMatchObject({ kind: 'answered', payload: true })
  })
})

describe('stop', () => {
  it('fails the pending invocations and leaves no process behind', async () => {
    const local = await startTestFunction(HANG, { maximumEnvironments: 2 })
    const pending = Promise.all([1, 2, 3].map(() => local.invoke({ hangs: true })))
    const pids = await startedPids(local.log, 2)
    await local.stop()
    expect(pids.filter(isRunning)).toEqual([])
    expect(local.running()).toBe(0)
    expect((await pending).map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed'])
    expect(await local.invoke({})).toMatchObject({ kind: 'failed', errorType: 'Sandbox.Stopped' })
  })

  it('ends an environment that has only begun to start', async () => {
    const local = await startTestFunction(HANG)
    const pending = local.invoke({})
    await local.stop()
    expect(local.running()).toBe(0)
    expect(await pending).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' })
  })
})

describe('when the host is killed', () => {
  it.each([true, false])('an environment exits by itself (in an invocation: %s)', async (hangs) => {
    const server = await listen()
    const host = await startHost(server, { hangs })
    const [environment] = (await once(server, 'connection')) as [Socket]
    const gone = once(environment.on('error', () => {}).resume(), 'close')
    await once(host.stdout as NonNullable<ChildProcess['stdout']>, 'data')
    host.kill('SIGKILL')
    await gone
  })
})

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

/** A process of its own that runs a function which stays connected to `server` for as long as it lives. */
async function startHost(server: Server, { hangs }: { hangs: boolean }): Promise<ChildProcess> {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  const directory = await writeBundle(`
    require('node:net').connect(${address.port}, '127.0.0.1')
    exports.handler = async () => { console.log('invoked'); ${hangs ? 'await new Promise(() => {})' : ''} }`)
  const script = join(directory, 'host.mjs')
  const startFunction = new URL('../../../../infra/local/lambda/function.ts', import.meta.url)
  const options = `{ name: 'f', assetDirectory: ${JSON.stringify(directory)}, handler: 'index.handler', environment: {},
    timeoutMs: 600000, memoryMb: 128, onLog: ${hangs ? 'console.log' : '() => {}'} }`
  await writeFile(
    script,
    `import { startFunction } from ${JSON.stringify(startFunction.href)}
    await startFunction(${options}).invoke({})
    console.log('idle')`,
  )
  const host = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void host.kill('SIGKILL'))
  return host
}
