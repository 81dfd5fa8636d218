import type { Dropped } from './input.ts'

/** What a vendor's document holds and is left out on purpose, a line for each rule. */
export function droppedLines(dropped: readonly Dropped[]): string[] {
  const byRule = Map.groupBy(dropped, ({ rule }) => rule)
  return [...byRule].map(([rule, alike]) => `left out ${alike.length}: ${rule}`)
}
