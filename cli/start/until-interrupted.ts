const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const BROKEN_PIPE = 141

/**
 * Runs `work` and then `cleanUp`. On Ctrl-C, SIGTERM or SIGHUP, or when nobody reads the output any more, `cleanUp` runs at
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
  process.stdout.on('error', () => interrupt(BROKEN_PIPE))
  try {
    return await Promise.race([work(), interrupted])
  } finally {
    await cleanUp()
  }
}
