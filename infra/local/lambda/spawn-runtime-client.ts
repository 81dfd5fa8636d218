import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FunctionOptions } from './function-options.ts'
import { functionVariables } from './function-variables.ts'
import { heapFlags } from './heap-flags.ts'
import { readLines } from './read-lines.ts'

const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric')
const NATIVE_CLIENT = fileURLToPath(new URL('./native-client.cjs', import.meta.url))

export type RuntimeClient = {
  /** Undefined when the process could not be started. */
  pid: number | undefined
  kill(): void
  /** Resolves, when the process is gone and its last line was read, to what AWS says of the exit. */
  exit: Promise<string>
}

/** Starts AWS's own runtime client for the function, as a process that takes its invocations from `runtimeApi` (`host:port`). */
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

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal}`
  if (code) return `Runtime exited with error: exit status ${code}`
  return 'Runtime exited without providing a reason'
}
