export type Arrivals = ReturnType<typeof createArrivals>

/** Takes down when each person was called, by number, until everybody from `firstAwaited` to `last` has been. */
export function createArrivals(firstAwaited: number, last: number) {
  const moments: number[] = []
  const arrivedAt = new Map<number, number>()
  let missing = last - firstAwaited + 1

  return {
    note(person: number, at: number): void {
      moments.push(at)
      if (!arrivedAt.has(person) && person >= firstAwaited) missing--
      arrivedAt.set(person, at)
    },
    isComplete: () => missing === 0,
    /** When the last of so many people was called; NaN while somebody has not been. */
    lastOf: (first: number, count: number): number =>
      Math.max(...Array.from({ length: count }, (_, index) => arrivedAt.get(first + index) ?? Number.NaN)),
    moments: (): readonly number[] => moments,
  }
}
