import { randomUUID } from 'node:crypto'
import { createInvocationSlot, type Outcome } from './create-invocation-slot.ts'
import type { FunctionOptions } from './function-options.ts'
import { REGION } from './function-variables.ts'
import type { FunctionError, InvocationResult } from './invocation-result.ts'
import { type RuntimeClient, spawnRuntimeClient } from './spawn-runtime-client.ts'
import { type Reception, startRuntimeApi } from './start-runtime-api.ts'

const AWS_INIT_TIMEOUT_MS = 10_000
const KILLED = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: signal: killed' }

export type ExecutionEnvironment = {
  /** Runs one invocation, never two at once. Resolves when the runtime client is ready for another one, or gone. */
  invoke(event: unknown): Promise<InvocationResult>
  /** True from the moment the event is delivered until the response is accepted or the process is killed. */
  isInvoking(): boolean
  /** Of the runtime client; undefined until it is started. */
  pid(): number | undefined
  /** Kills the process; nothing it still posts is accepted. A pending invocation fails with `reason`. */
  kill(reason?: FunctionError): void
  /** Resolves, when the process is gone and its port closed, to the reason. */
  exited: Promise<FunctionError>
}

/** Starts an execution environment: one process of the runtime client with a runtime API of its own. */
export function startExecutionEnvironment(options: FunctionOptions): ExecutionEnvironment {
  const { timeoutMs, initTimeoutMs = AWS_INIT_TIMEOUT_MS } = options
  const startedAt = performance.now()
  const initTimer = setTimeout(() => kill(timedOut(initTimeoutMs)), initTimeoutMs)
  const slot = createInvocationSlot()
  let initMs: number | undefined
  let client: RuntimeClient | undefined
  let killedBecause: FunctionError | undefined

  async function run(): Promise<FunctionError> {
    const api = await startRuntimeApi({ next, initFailed, answered, failed: settle })
    if (!killedBecause) client = spawnRuntimeClient(options, api.address)
    const errorMessage = (await client?.exit) ?? ''
    clearTimeout(initTimer)
    await api.stop()
    return killedBecause ?? { errorType: 'Runtime.ExitError', errorMessage }
  }

  function next() {
    clearTimeout(initTimer)
    initMs ??= performance.now() - startedAt
    return slot.next()
  }

  function initFailed(error: FunctionError): Reception {
    kill(error)
    return 'unanswered'
  }

  async function answered(requestId: string, payload: unknown): Promise<Reception> {
    if (!slot.holds(requestId)) return 'unknown'
    if ((await options.beforeResponse?.({ requestId, payload })) === 'drop') kill()
    return settle(requestId, { payload })
  }

  function settle(requestId: string, outcome: Outcome): Reception {
    if (killedBecause) return 'unanswered'
    return slot.settle(requestId, outcome) ? 'accepted' : 'unknown'
  }

  async function invoke(event: unknown): Promise<InvocationResult> {
    const isCold = initMs === undefined
    const initError = await Promise.race([slot.free(), exited])
    if (initError) return { kind: 'failed', ...initError, durationMs: performance.now() - startedAt }
    const deliveredAt = performance.now()
    const timer = setTimeout(() => kill(timedOut(timeoutMs)), timeoutMs)
    const invocation = { requestId: randomUUID(), event, deadline: Date.now() + timeoutMs, functionArn }
    const outcome = await Promise.race([slot.deliver(invocation), exited])
    const durationMs = performance.now() - deliveredAt
    await Promise.race([slot.free(), exited])
    clearTimeout(timer)
    if ('errorType' in outcome) return { kind: 'failed', ...outcome, durationMs }
    return { kind: 'answered', ...outcome, durationMs, ...(isCold && initMs !== undefined && { initMs }) }
  }

  function kill(reason: FunctionError = KILLED): void {
    killedBecause ??= reason
    client?.kill()
  }

  const functionArn = `arn:aws:lambda:${REGION}:000000000000:function:${options.name}`
  const exited = run()
  const isInvoking = () => slot.isTaken() && !killedBecause
  return { invoke, isInvoking, pid: () => client?.pid, kill, exited }
}

function timedOut(afterMs: number): FunctionError {
  const seconds = (afterMs / 1000).toFixed(2)
  return { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds` }
}
