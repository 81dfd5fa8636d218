import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export const REGION = 'us-east-1'
const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric')
const NATIVE_CLIENT = fileURLToPath(new URL('./native-client.cjs', import.meta.url))

/** Starts AWS's own runtime client for the function, a process that takes its invocations from `runtimeApi` (`host:port`). */
export function spawnRuntimeClient(options: FunctionOptions, runtimeApi: string): RuntimeClient {
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

/** The settings of a local Lambda function. */
export type FunctionOptions = {
  /** Also the access key id that the function signs with, so that local AWS endpoints know who calls. */
  name: string
  /** Holds the bundle, and lies outside any package. */
  assetDirectory: string
  /** `file.export`, as in the template. */
  handler: string
  environment: Record<string, string>
  /** The session token with which the function signs, and without which no local endpoint answers. */
  sessionToken?: string
  timeoutMs: number
  memoryMb: number
  /** Invocations beyond this many at once wait for a free environment; no limit when absent. */
  maximumEnvironments?: number
  /** How long the code outside the handler may take. 10 s unless given, as at AWS. */
  initTimeoutMs?: number
  /** Gets every stdout and stderr line of every environment. */
  onLog(line: string): void
  /**
   * Asked when the runtime client posts its response, before the service accepts it. After `drop` it is never accepted
   * and the environment is killed: the crash between the work and its acknowledgement. Must not reject.
   */
  beforeResponse?(invocation: { requestId: string; payload: unknown }): Promise<'pass' | 'drop'>
}

export type RuntimeClient = {
  /** Undefined when the process could not be started. */
  pid: number | undefined
  kill(): void
  /** Resolves when the process is gone and its last line is read, to AWS's description of the exit. */
  exit: Promise<string>
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal}`
  if (code) return `Runtime exited with error: exit status ${code}`
  return 'Runtime exited without providing a reason'
}

/**
 * The environment variables of one execution environment: those that Lambda sets, `PATH`, and the function's own, which can't
 * replace the ones that Lambda reserves. No other variable of this process reaches the function.
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
    AWS_SESSION_TOKEN: sessionTokenOf(options),
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

export function sessionTokenOf({ sessionToken = 'local' }: Pick<FunctionOptions, 'sessionToken'>): string {
  return sessionToken
}

/** The shares of the memory that Lambda's Node runtime gives to V8's old space and to each half of its young one. */
const OLD_SPACE_SHARE = 0.9
const SEMI_SPACE_SHARE = 0.05

/** The arguments of `node` that Lambda's Node runtime derives from a function's memory. */
export function heapFlags(memoryMb: number): string[] {
  const megabytes = (share: number) => Math.floor(memoryMb * share)
  return [
    `--max-old-space-size=${megabytes(OLD_SPACE_SHARE)}`,
    `--max-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
    // V8 would double it from 1 MB during the work, which looks like a leak from outside.
    `--min-semi-space-size=${megabytes(SEMI_SPACE_SHARE)}`,
  ]
}

/**
 * Hands over each line of a text stream, and at its end an unfinished one.
 * Not node:readline, which also splits at `\r`: AWS's runtime client writes that for the newlines inside a log record.
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
