/** Waits for all, also when one fails, and only then rejects with the first failure: nothing goes on behind the caller's back. */
export async function allOrFirstError<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

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
