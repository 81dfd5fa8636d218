/**
 * Lets work on one person happen one at a time: work on a key starts when the earlier work on the same key has ended,
 * and is handed its result, or undefined when it failed. Different keys don't wait for each other.
 */
export function createPersonQueue<Result>() {
  const last = new Map<string, Promise<Result>>()
  return (key: string, work: (earlier: Result | undefined) => Promise<Result>): Promise<Result> => {
    const earlier = last.get(key) ?? Promise.resolve(undefined)
    const mine = earlier.then(work, () => work(undefined))
    last.set(key, mine)
    return mine
  }
}
