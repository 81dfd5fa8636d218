import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { type Terminal, UsageError } from './terminal.ts'

/**
 * Resolves once `count` was confirmed: by `given`, the value of --confirm, or by typing it at the terminal. `what`: what is counted, such as
 * `members to reset`. Throws a UsageError when another number was given or typed, also when `signal`, Ctrl-C or the end of the input comes
 * first, and without a terminal when none was given.
 */
export async function confirmCount(
  {
    count,
    what,
    given,
    signal,
  }: {
    count: number
    what: string
    given: number | undefined
    signal?: AbortSignal
  },
  { stdin, stderr }: Terminal,
): Promise<void> {
  if (given === undefined && !isTerminal(stdin))
    throw new UsageError(`nothing was done: confirm ${count} ${what} with --confirm ${count}`)
  const question = `${count} ${what}. To confirm, type the number: `
  const confirmed = given ?? (await ask(question, stdin, stderr, signal))
  if (confirmed !== count)
    throw new UsageError(`nothing was done: that is not the number of ${what}, ${count}`)
}

function isTerminal(stdin: Readable): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true
}

async function ask(
  question: string,
  input: Readable,
  output: NodeJS.WritableStream,
  signal?: AbortSignal,
): Promise<number> {
  const lines = createInterface({ input, output })
  const closed = new AbortController()
  lines.once('close', () => closed.abort())
  const stop = AbortSignal.any(signal ? [signal, closed.signal] : [closed.signal])
  const answer = await lines.question(question, { signal: stop }).catch(() => '')
  lines.close()
  return Number(answer.replaceAll(/[,\s]/g, '') || Number.NaN)
}
