/** The list, begun at another place each round, so that nobody always runs first or behind the same other. */
export function rotate<Item>(items: readonly Item[], round: number): Item[] {
  const from = round % Math.max(1, items.length)
  return [...items.slice(from), ...items.slice(0, from)]
}
