import { createInterface } from 'node:readline/promises'
import type { Readable } from 'node:stream'
import { type Terminal, UsageError } from './terminal.ts'

/**
 * Resolves once `count` was confirmed: by `given`, the value of --confirm, or by typing it at the terminal. `what`: what is counted, such as
 * `members to reset`. Throws a UsageError when another number was given or typed, and without a terminal when none was given.
 */
export async function confirmCount(
  { count, what, given }: { count: number; what: string; given: number | undefined },
  { stdin, stderr }: Terminal,
): Promise<void> {
  if (given === undefined && !isTerminal(stdin))
    throw new UsageError(`nothing was done: confirm ${count} ${what} with --confirm ${count}`)
  const confirmed = given ?? (await ask(`${count} ${what}. To confirm, type the number: `, stdin, stderr))
  if (confirmed !== count)
    throw new UsageError(`nothing was done: that is not the number of ${what}, ${count}`)
}

function isTerminal(stdin: Readable): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true
}

async function ask(question: string, input: Readable, output: NodeJS.WritableStream): Promise<number> {
  const lines = createInterface({ input, output })
  try {
    return Number((await lines.question(question)).replaceAll(/[,\s]/g, '') || Number.NaN)
  } finally {
    lines.close()
  }
}
