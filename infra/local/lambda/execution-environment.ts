import { randomUUID } from 'node:crypto'
import { withResolvers } from '../../../lib/flow/node-20.ts'
import { type FunctionError, type Invocation, type Reception, startRuntimeApi } from './runtime-api.ts'
import {
  type FunctionOptions,
  REGION,
  type RuntimeClient,
  sessionTokenOf,
  spawnRuntimeClient,
} from './runtime-client.ts'

const AWS_INIT_TIMEOUT_MS = 10_000
const KILLED = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: signal: killed' }

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
    const api = await startRuntimeApi({ next, initFailed, answered, failed: settle }, sessionTokenOf(options))
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

export type ExecutionEnvironment = {
  /** Runs one invocation; never call it twice at once. Resolves when the runtime client is ready for the next, or gone. */
  invoke(event: unknown): Promise<InvocationResult>
  /** True from the moment the event is delivered until the response is accepted or the process is killed. */
  isInvoking(): boolean
  /** The process id of the runtime client; undefined until it is started. */
  pid(): number | undefined
  /** Kills the process: nothing that it still posts is accepted. A pending invocation fails with `reason`. */
  kill(reason?: FunctionError): void
  /** Resolves to the reason when the process is gone and its port closed. */
  exited: Promise<FunctionError>
}

/** How an invocation ended. Only an invocation that started its environment has `initMs`. */
export type InvocationResult =
  | { kind: 'answered'; payload: unknown; durationMs: number; initMs?: number }
  | ({ kind: 'failed'; durationMs: number } & FunctionError)

function timedOut(afterMs: number): FunctionError {
  const seconds = (afterMs / 1000).toFixed(2)
  return { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds` }
}

type Outcome = { payload: unknown } | FunctionError

/** Holds the one invocation of an execution environment between the service and the runtime client. */
type InvocationSlot = {
  /** The runtime client asks for its next invocation. */
  next(): Promise<Invocation>
  /** Resolves when the runtime client is asking. */
  free(): Promise<undefined>
  /** Hands an invocation over once the runtime client asks; resolves to its outcome. */
  deliver(invocation: Invocation): Promise<Outcome>
  /** Ends the invocation. Returns false when the slot doesn't hold it. */
  settle(requestId: string, outcome: Outcome): boolean
  holds(requestId: string): boolean
  isTaken(): boolean
}

function createInvocationSlot(): InvocationSlot {
  let asking = withResolvers<(invocation: Invocation) => void>()
  let current: { requestId: string; settle(outcome: Outcome): void } | undefined

  const holds = (requestId: string) => current?.requestId === requestId

  return {
    next: () => new Promise((answer) => asking.resolve(answer)),
    free: () => asking.promise.then(() => undefined),
    async deliver(invocation) {
      const answer = await asking.promise
      asking = withResolvers()
      const settled = withResolvers<Outcome>()
      current = { requestId: invocation.requestId, settle: settled.resolve }
      answer(invocation)
      return settled.promise
    },
    settle(requestId, outcome) {
      if (!holds(requestId)) return false
      current?.settle(outcome)
      current = undefined
      return true
    },
    holds,
    isTaken: () => current !== undefined,
  }
}
