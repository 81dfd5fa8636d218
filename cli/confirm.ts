import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { type Terminal, UsageError } from './terminal.ts'

/**
 * Resolves once `count` was confirmed: by `given`, the value of --confirm, or by typing it at the terminal. `what`: what is counted, such as
 * `members to reset`. Throws a UsageError when another number was given or typed, also when `signal` or the end of the input comes first, and
 * without a terminal when none was given.
 */
export async function confirmCount(
  {
    count,
    what,
    given,
    signal,
  }: { count: number; what: string; given?: number | undefined; signal?: AbortSignal },
  { stdin, stderr }: Terminal,
): Promise<void> {
  if (given === undefined && !isTerminal(stdin))
    throw new UsageError(`nothing was done: confirm ${count} ${what} with --confirm ${count}`)
  const question = `${count} ${what}. To confirm, type the number: `
  const confirmed = given ?? parseCount(await ask(question, stdin, stderr, signal))
  if (confirmed !== count) throw new UsageError(`nothing was done: ${count} ${what} were not confirmed`)
}

/** The number that was typed, also with separators of thousands: `5,000`. */
export function parseCount(text: string): number | undefined {
  const digits = text.replaceAll(/[,\s]/g, '')
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined
}

function isTerminal(stdin: Readable): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true
}

async function ask(
  question: string,
  input: Readable,
  output: NodeJS.WritableStream,
  signal?: AbortSignal,
): Promise<string> {
  // As a `terminal` it would read Ctrl-C as a key, and there would be no signal.
  const lines = createInterface({ input, output, terminal: false })
  const closed = new AbortController()
  lines.once('close', () => closed.abort())
  const stop = AbortSignal.any(signal ? [signal, closed.signal] : [closed.signal])
  const answer = await lines.question(question, { signal: stop }).catch(() => '')
  lines.close()
  return answer
}
