import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Invocation, type Reception, startRuntimeApi } from './start-runtime-api.ts'

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

type Outcome = { payload: unknown } | FunctionError

/** Where an execution environment's one invocation lies between the service and the runtime client. */
type InvocationSlot = {
  /** The runtime client asks for its next invocation. */
  next(): Promise<Invocation>
  /** Resolves when the runtime client is asking. */
  free(): Promise<undefined>
  /** Hands an invocation over once the runtime client asks; resolves to its outcome. */
  deliver(invocation: Invocation): Promise<Outcome>
  /** Ends the invocation; false when the slot doesn't hold it. */
  settle(requestId: string, outcome: Outcome): boolean
  holds(requestId: string): boolean
  isTaken(): boolean
}

/** Creates an empty slot, for a runtime client that has not asked yet. */
function createInvocationSlot(): InvocationSlot {
  let asking = Promise.withResolvers<(invocation: Invocation) => void>()
  let current: { requestId: string; settle(outcome: Outcome): void } | undefined

  const holds = (requestId: string) => current?.requestId === requestId

  return {
    next: () => new Promise((answer) => asking.resolve(answer)),
    free: () => asking.promise.then(() => undefined),
    async deliver(invocation) {
      const answer = await asking.promise
      asking = Promise.withResolvers()
      const settled = Promise.withResolvers<Outcome>()
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

const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric')
const NATIVE_CLIENT = fileURLToPath(new URL('./native-client.cjs', import.meta.url))

type RuntimeClient = {
  /** Undefined when the process could not be started. */
  pid: number | undefined
  kill(): void
  /** Resolves, when the process is gone and its last line was read, to what AWS says of the exit. */
  exit: Promise<string>
}

/** Starts AWS's own runtime client for the function, as a process that takes its invocations from `runtimeApi` (`host:port`). */
function spawnRuntimeClient(options: FunctionOptions, runtimeApi: string): RuntimeClient {
  const args = [...heapFlags(options.memoryMb), '--require', NATIVE_CLIENT, RUNTIME_CLIENT]
  const child = spawn(process.execPath, args, {
    cwd: options.assetDirectory,
    env: functionVariables(options, runtimeApi),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  readLines(child.stdout, options.onLog)
  readLines(child.stderr, options.onLog)
  const exit = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`Runtime could not be started: ${error.message}`))
    child.once('close', (code, signal) => resolve(describeExit(code, signal)))
  })
  return { pid: child.pid, kill: () => child.kill('SIGKILL'), exit }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal}`
  if (code) return `Runtime exited with error: exit status ${code}`
  return 'Runtime exited without providing a reason'
}

/** What a local Lambda function is made of. `assetDirectory` holds the bundle and lies outside any package. */
export type FunctionOptions = {
  /** Also the access key id that the function signs with, so that local AWS endpoints know who calls. */
  name: string
  assetDirectory: string
  /** `file.export`, as in the template. */
  handler: string
  environment: Record<string, string>
  timeoutMs: number
  memoryMb: number
  /** Invocations beyond this many at once wait for a free environment; unlimited when absent. */
  maximumEnvironments?: number
  /** How long the code outside the handler may take; AWS allows 10 s, the default. */
  initTimeoutMs?: number
  /** Gets every stdout and stderr line of every environment. */
  onLog(line: string): void
  /**
   * Asked when the runtime client posts its response, before the service accepts it. After `drop` it is never accepted
   * and the environment is killed: the crash between the work and its acknowledgement. Must not reject.
   */
  beforeResponse?(invocation: { requestId: string; payload: unknown }): Promise<'pass' | 'drop'>
}

const REGION = 'us-east-1'

/**
 * The environment variables of one execution environment: those Lambda sets, `PATH`, and the function's own, which can't
 * replace the ones Lambda reserves. Nothing else of this process reaches the function.
 */
export function functionVariables(options: FunctionOptions, runtimeApi: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...options.environment,
    // Without these the SDK reads the developer's own files in the home directory.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: options.name,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: options.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${randomUUID().replaceAll('-', '')}`,
    LAMBDA_TASK_ROOT: options.assetDirectory,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: options.handler,
  }
}

/** The parts of the memory that Lambda's Node runtime leaves to V8's old space and to each half of its young one. */
const OLD_SPACE_SHARE = 0.9
const SEMI_SPACE_SHARE = 0.05

/** What Lambda's Node runtime tells V8 of a function's memory, in MB, as arguments of `node`. */
export function heapFlags(memoryMb: number): string[] {
  const megabytes = (share: number) => Math.floor(memoryMb * share)
  return [
    `--max-old-space-size=${megabytes(OLD_SPACE_SHARE)}`,
    `--max-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
    // V8 would double it from 1 MB while the work goes on, which from outside looks like a leak.
    `--min-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
  ]
}

/**
 * Hands over each line of a text stream, and at its end what is left of one.
 * Not node:readline: it also breaks lines at the `\r` that AWS's runtime client puts for the newlines inside a log record.
 */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    if (rest) onLine(rest)
  })
}

/** What the runtime client posts for an error; `name` and `message` of what was thrown may be anything. */
export const FunctionErrorSchema = z
  .object({ errorType: z.string().catch('Unhandled'), errorMessage: z.string().catch('') })
  .catch({ errorType: 'Unhandled', errorMessage: '' })

export type FunctionError = z.infer<typeof FunctionErrorSchema>

/** How an invocation ended. `initMs` is there only when the invocation started its environment. */
export type InvocationResult =
  | { kind: 'answered'; payload: unknown; durationMs: number; initMs?: number }
  | ({ kind: 'failed'; durationMs: number } & FunctionError)
