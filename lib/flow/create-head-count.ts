/** Counts the runs of a function that are not over: `of` wraps the function, `count` says how many there are now. */
export function createHeadCount() {
  let running = 0
  return {
    count: () => running,
    of:
      <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        running++
        try {
          return await work(...args)
        } finally {
          running--
        }
      },
  }
}
