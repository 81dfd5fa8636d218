import type { Readable, Writable } from 'node:stream'
import { withResolvers } from '../lib/flow/node-20.ts'
import { say } from './lines.ts'

/** Where a command reads and writes. `process` is one; tests pass streams of their own. */
export type Terminal = { stdin: Readable; stdout: Writable; stderr: Writable }

/** Why a command can't do what it was asked: one sentence, which becomes exit code 2. It repeats no value that may be an e-mail address. */
export class UsageError extends Error {}

/** Writes to standard error why a command can't do what it was asked. Returns the exit code for that. */
export function refuse(sentence: string, { stderr }: Pick<Terminal, 'stderr'> = process): 2 {
  say(stderr, sentence)
  return 2
}

/** The message of an error. Only for errors whose message is a sentence of ours (aws.ts), and can be shown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}

/**
 * Runs `work` with a signal that is aborted when the user interrupts it (untilInterrupted), and waits for it to end then.
 * Resolves to the exit code.
 */
export function abortWhenInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stopping = new AbortController()
  let working = Promise.resolve(0)
  return untilInterrupted(
    async () => {
      stopping.abort(new Error('interrupted'))
      await working
    },
    // Only now, when signals are listened to: the work may write at once, and be interrupted then.
    () => {
      working = work(stopping.signal)
      return working
    },
  )
}

/** A request may take long: it is not waited for when the user interrupts. */
export function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const BROKEN_PIPE = 141

/** What the help of a command that can be interrupted says of its exit codes. */
export const INTERRUPTED_CODES = { 130: 'interrupted with Ctrl-C; by another signal 128 + its number' }

/**
 * Runs `work` and then `cleanUp`. On Ctrl-C, SIGTERM or SIGHUP, when nobody reads the output any more, or when npm is gone, `cleanUp` runs at
 * once and the result is what a shell expects (128 + signal). A second signal does not wait for it.
 */
export async function untilInterrupted(
  cleanUp: () => Promise<void>,
  work: () => Promise<number>,
): Promise<number> {
  const { promise: interrupted, resolve: interrupt } = withResolvers<number>()
  const listening = new AbortController()
  let signals = 0
  for (const [signal, code] of Object.entries(SIGNALS)) {
    listen(process, signal, () => {
      if (++signals > 1) process.exit(code)
      // A terminal has written ^C into the line.
      if (signal === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n')
      interrupt(code)
    })
  }
  // npm passes a signal on only to the shell in between, which dies and leaves this process behind.
  const parent = process.ppid
  const orphanWatch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) interrupt(SIGNALS.SIGHUP)
  }, 500)
  listen(process.stdout, 'error', () => interrupt(BROKEN_PIPE))
  // The work may still be wanted when nobody reads the progress.
  listen(process.stderr, 'error', () => {})
  try {
    return await Promise.race([work(), interrupted])
  } finally {
    clearInterval(orphanWatch)
    await cleanUp().finally(() => listening.abort())
  }

  function listen(emitter: NodeJS.EventEmitter, event: string, listener: () => void): void {
    emitter.on(event, listener)
    listening.signal.addEventListener('abort', () => emitter.off(event, listener))
  }
}
