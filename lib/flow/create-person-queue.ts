/**
 * Lets work on one person happen one at a time: work on a key starts when the earlier work on the same key has ended,
 * and is handed its result. Different keys don't wait for each other.
 */
export function createPersonQueue<Result>() {
  const last = new Map<string, Promise<Result>>()
  return (key: string, work: (earlier: Result | undefined) => Promise<Result>): Promise<Result> => {
    const mine = (last.get(key) ?? Promise.resolve(undefined)).then(work)
    last.set(key, mine)
    return mine
  }
}
