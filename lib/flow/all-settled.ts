/** Waits for all, also when one fails, and only then rejects with the first failure: nothing goes on behind the caller's back. */
export async function allSettled<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
