/** Waits for all promises, even when one fails, and only then rejects with the first error: nothing goes on behind the caller's back. */
export async function allOrFirstError<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/**
 * Returns a function that runs work on the same key one after the other. Work gets the result of the work before it, or undefined
 * when there was none or it failed. Different keys don't wait for each other.
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
