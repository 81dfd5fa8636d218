import type { Command } from './command.ts'
import { refuse, type Terminal, UsageError } from './terminal.ts'

type Run = (args: readonly string[], terminal?: Terminal) => Promise<number>

/** Loads the command `name`. Without what it needs, it becomes a command that says so. */
export async function loadCommand(name: string, load: () => Promise<Command>): Promise<Run> {
  try {
    return await load()
  } catch (error) {
    const sentence = explainMissing(error, name)
    if (sentence === undefined) throw error
    return async (_, terminal) => refuse(sentence, terminal)
  }
}

/** Loads what only a clone has, for `wanted`, such as `send --local`. Throws a UsageError where it is missing. */
export async function loadLocal<Part>(wanted: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch (error) {
    const sentence = explainMissing(error, wanted)
    throw sentence === undefined ? error : new UsageError(sentence)
  }
}

/** What to do about a module that could not be loaded, in a sentence; undefined when the error is another one. */
function explainMissing(error: unknown, wanted: string): string | undefined {
  const { code, message } = error as { code?: string; message: string }
  if (code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const [, name] = /^Cannot find package '([@\w./-]+)'/.exec(message) ?? []
  if (name === undefined)
    return `${wanted} needs the local system, which the package does not have: run it in a clone of the repository, after npm ci`
  return `${wanted} needs the package ${name}: npm install --include=optional brings what the commands need`
}
