const INTERRUPTED = 130

/**
 * Runs `work` and then `cleanUp`. On Ctrl-C (or SIGTERM) `cleanUp` runs at once and the result is 130;
 * a second Ctrl-C does not wait for it.
 */
export async function untilInterrupted(
  cleanUp: () => Promise<void>,
  work: () => Promise<number>,
): Promise<number> {
  let interrupt = (_code: number) => {}
  const interrupted = new Promise<number>((resolve) => {
    interrupt = resolve
  })
  let signals = 0
  const onSignal = () => (++signals === 1 ? interrupt(INTERRUPTED) : process.exit(INTERRUPTED))
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    return await Promise.race([work(), interrupted])
  } finally {
    await cleanUp()
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}
