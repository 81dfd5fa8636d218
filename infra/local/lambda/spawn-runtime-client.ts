import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FunctionOptions } from './function-options.ts'
import { functionVariables } from './function-variables.ts'
import { readLines } from './read-lines.ts'

const RUNTIME_CLIENT = createRequire(import.meta.url).resolve('aws-lambda-ric')
const NATIVE_CLIENT = fileURLToPath(new URL('./native-client.cjs', import.meta.url))

/** The part of the memory that Lambda's Node runtime leaves to the heap. */
const HEAP_SHARE = 0.9

export type RuntimeClient = {
  kill(): void
  /** Resolves, when the process is gone and its last line was read, to what AWS says of the exit. */
  exit: Promise<string>
}

/** Starts AWS's own runtime client for the function, as a process that takes its invocations from `runtimeApi` (`host:port`). */
export function spawnRuntimeClient(options: FunctionOptions, runtimeApi: string): RuntimeClient {
  const heapMb = Math.floor(options.memoryMb * HEAP_SHARE)
  const args = [`--max-old-space-size=${heapMb}`, '--require', NATIVE_CLIENT, RUNTIME_CLIENT]
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
  return { kill: () => child.kill('SIGKILL'), exit }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${signal}`
  if (code) return `Runtime exited with error: exit status ${code}`
  return 'Runtime exited without providing a reason'
}
