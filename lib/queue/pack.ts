/**
 * Cuts items into batches that are as long as they may be, in order, each when it is asked for: at most `maxLength` items, and together
 * at most `maxSize`. An item that is larger is a batch of its own.
 */
export function* pack<Item>(
  items: Iterable<Item>,
  limits: { sizeOf: (item: Item) => number; maxSize: number; maxLength?: number },
): Generator<Item[]> {
  const { sizeOf, maxSize, maxLength = Number.POSITIVE_INFINITY } = limits
  let batch: Item[] = []
  let total = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (batch.length === maxLength || (batch.length > 0 && total + size > maxSize)) {
      yield batch
      batch = []
      total = 0
    }
    batch.push(item)
    total += size
  }
  if (batch.length > 0) yield batch
}
