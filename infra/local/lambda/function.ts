import { readFileSync } from 'node:fs'
import {
  type ExecutionEnvironment,
  type InvocationResult,
  startExecutionEnvironment,
} from './execution-environment.ts'
import type { FunctionOptions } from './runtime-client.ts'

/**
 * Starts a local Lambda function: one execution environment per concurrent invocation, reused when idle, replaced after a
 * crash or a timeout. Unlike Lambda, it does not freeze idle environments.
 */
export function startFunction(options: FunctionOptions): LocalFunction {
  const { maximumEnvironments = Number.POSITIVE_INFINITY } = options
  const alive = new Set<ExecutionEnvironment>()
  const idle = new Set<ExecutionEnvironment>()
  const waiting: (() => void)[] = []
  let stopped = false

  async function invoke(event: unknown): Promise<InvocationResult> {
    while (!stopped) {
      const environment = takeIdle() ?? startAnother()
      if (environment) return invokeIn(environment, event)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    return {
      kind: 'failed',
      errorType: 'Sandbox.Stopped',
      errorMessage: 'Function is stopped',
      durationMs: 0,
    }
  }

  async function invokeIn(environment: ExecutionEnvironment, event: unknown): Promise<InvocationResult> {
    const result = await environment.invoke(event)
    if (alive.has(environment)) idle.add(environment)
    waiting.shift()?.()
    return result
  }

  function takeIdle(): ExecutionEnvironment | undefined {
    const [environment] = idle
    if (environment) idle.delete(environment)
    return environment
  }

  function startAnother(): ExecutionEnvironment | undefined {
    if (alive.size >= maximumEnvironments) return undefined
    const environment = startExecutionEnvironment(options)
    alive.add(environment)
    environment.exited.then(() => {
      alive.delete(environment)
      idle.delete(environment)
      waiting.shift()?.()
    })
    return environment
  }

  return {
    invoke,
    running: () => alive.size,
    pids: () => [...alive].flatMap((environment) => environment.pid() ?? []),
    kill() {
      const invoking = [...alive].filter((environment) => environment.isInvoking())
      for (const environment of invoking) environment.kill()
      return invoking.length
    },
    async stop() {
      stopped = true
      for (const wake of waiting.splice(0)) wake()
      for (const environment of alive) environment.kill()
      await Promise.all([...alive].map(({ exited }) => exited))
    },
  }
}

export type LocalFunction = {
  /** Invokes the function and resolves to how that ended; never rejects. After stop() every invocation fails. */
  invoke(event: unknown): Promise<InvocationResult>
  /** The number of execution environments that are alive. */
  running(): number
  /** The process ids of the execution environments that are alive. */
  pids(): number[]
  /** Kills every environment that is in an invocation. Returns their number. */
  kill(): number
  /** Kills all environments and resolves when their processes are gone; pending invocations fail. */
  stop(): Promise<void>
}

/** The resident set of a process in bytes, from /proc. Undefined where there is no /proc, or when the process is gone. */
export function readResidentSet(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
