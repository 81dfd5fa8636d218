/** Takes note of what is being started, so that it is stopped whatever happens, and resolves to it. */
export type Keep = <Part extends { stop(): Promise<unknown> }>(starting: Promise<Part>) => Promise<Part>

/** Keeps what measurements start. `stopAll` stops it, last started first; to stop something twice does no harm. */
export function createKeep(): { keep: Keep; stopAll(): Promise<void> } {
  const kept: Promise<{ stop(): Promise<unknown> }>[] = []
  return {
    keep: (starting) => {
      kept.push(starting)
      return starting
    },
    async stopAll() {
      for (const starting of kept.toReversed())
        await starting.then(
          (part) => part.stop(),
          () => {},
        )
    },
  }
}
