import { spawn } from 'node:child_process'
import path from 'node:path'
import { onTestFinished } from 'vitest'

const MAIN = path.join(import.meta.dirname, '../../cli/breach-reset.cjs')

/**
 * Runs the command line tool as its own process, with a temporary folder of its own, and collects what it prints.
 * `onStdout` sees the output so far; `input` is what it reads. A process that outlives its test is killed.
 */
export function runCli(
  args: readonly string[],
  temporaryFolder: string,
  onStdout?: (soFar: string, signal: (name: NodeJS.Signals) => void) => void,
  environment: Record<string, string | undefined> = {},
  onStart?: (signal: (name: NodeJS.Signals) => void) => void,
  input = '',
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, TMPDIR: temporaryFolder },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.on('error', () => {}).end(input)
  onStart?.((name) => child.kill(name))
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
    onStdout?.(stdout, (name) => child.kill(name))
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
