/** Says on standard error why a command can't do what it was asked, and returns the exit code for that. */
export function refuse(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`)
  return 2
}

/** What an error says; for errors whose message is a sentence of ours (aws.ts), and can be shown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}

/**
 * What is wrong with arguments that node:util's parseArgs refuses, in a sentence. Of what was typed it repeats nothing but the
 * name of an option: a word in the wrong place may be an e-mail address, and terminals are logged.
 */
export function explainArguments(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message
  const [unknown = 'there is an argument that this command does not take'] =
    /^Unknown option '--?[a-z-]+'/.exec(message) ?? []
  return unknown
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
  let signals = 0
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => (++signals === 1 ? interrupt(code) : process.exit(code)))
  }
  // npm passes a signal on to the shell in between only, which dies and leaves this process behind.
  const parent = process.ppid
  const orphanWatch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) interrupt(SIGNALS.SIGHUP)
  }, 500)
  process.stdout.on('error', () => interrupt(BROKEN_PIPE))
  // Who reads no progress may still want the work done.
  process.stderr.on('error', () => {})
  try {
    return await Promise.race([work(), interrupted])
  } finally {
    clearInterval(orphanWatch)
    await cleanUp()
  }
}
