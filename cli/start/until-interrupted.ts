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
