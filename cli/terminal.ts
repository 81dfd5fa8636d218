import type { Readable, Writable } from 'node:stream'
import { type ParseArgsConfig, parseArgs } from 'node:util'

type Flags = NonNullable<ParseArgsConfig['options']>

/** Values of flags as node:util's parseArgs returns them. */
export type FlagValues<Given extends Flags> = ReturnType<typeof parseArgs<{ options: Given }>>['values']

/** Where a command reads and writes. `process` is one; tests pass streams of their own. */
export type Terminal = { stdin: Readable; stdout: Writable; stderr: Writable }

/** Runs a command with its arguments. Resolves to the exit code. */
export type Command = (args: readonly string[], terminal?: Terminal) => Promise<number>

/** Why a command can't do what it was asked: one sentence, which becomes exit code 2. It repeats no value that may be an e-mail address. */
export class UsageError extends Error {}

/**
 * Makes a command. `usage`: what --help prints; its first paragraph is shown with a refusal too. `flags`: options in node:util's
 * terms. `positionals`: whether it takes arguments that are not flags. `parse`: turns the arguments into the options of `run`,
 * which resolves to the exit code. Both may throw a UsageError.
 */
export function defineCommand<const Given extends Flags, Options>(command: {
  name: string
  usage: string
  flags: Given
  positionals?: true
  parse(values: FlagValues<Given>, positionals: readonly string[]): Options
  run(options: Options, terminal: Terminal): Promise<number>
}): Command {
  const { name, usage, flags, positionals: allowPositionals = false } = command
  return async (args, terminal = process) => {
    if (args.includes('--help')) {
      terminal.stdout.write(`${usage}\n`)
      return 0
    }
    let options: Options
    try {
      const { values, positionals } = parseFlags({ args: [...args], options: flags, allowPositionals })
      options = command.parse(values, positionals)
    } catch (error) {
      const [synopsis] = usage.split('\n\n')
      return refuse(`${usageErrorOf(error)}\n${synopsis}\nsee breach-reset ${name} --help`, terminal)
    }
    try {
      return await command.run(options, terminal)
    } catch (error) {
      return refuse(usageErrorOf(error), terminal)
    }
  }
}

/** Parses arguments as node:util does. Throws a UsageError when they can't be used. */
function parseFlags<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError(explainArguments(error))
  }
}

function usageErrorOf(error: unknown): string {
  if (error instanceof UsageError) return error.message
  throw error
}

/** Writes to standard error why a command can't do what it was asked. Returns the exit code for that. */
export function refuse(sentence: string, { stderr }: Pick<Terminal, 'stderr'> = process): 2 {
  stderr.write(`${sentence}\n`)
  return 2
}

/** The message of an error. Only for errors whose message is a sentence of ours (aws.ts), and can be shown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}

/**
 * What is wrong with arguments that node:util's parseArgs refuses, in a sentence. It repeats nothing of what was typed but
 * the name of an option: a word in the wrong place may be an e-mail address, and terminals are logged.
 */
export function explainArguments(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message
  const [unknown = 'there is an argument that this command does not take'] =
    /^Unknown option '--?[a-z-]+'/.exec(message) ?? []
  return unknown
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

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const BROKEN_PIPE = 141

/**
 * Runs `work` and then `cleanUp`. On Ctrl-C, SIGTERM or SIGHUP, when nobody reads the output any more, or when npm is gone, `cleanUp` runs at
 * once and the result is what a shell expects (128 + signal). A second signal does not wait for it.
 */
export async function untilInterrupted(
  cleanUp: () => Promise<void>,
  work: () => Promise<number>,
): Promise<number> {
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<number>()
  const listening = new AbortController()
  let signals = 0
  for (const [signal, code] of Object.entries(SIGNALS)) {
    listen(process, signal, () => (++signals === 1 ? interrupt(code) : process.exit(code)))
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
