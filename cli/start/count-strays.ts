import type { ProcessMemory } from './create-memory-watch.ts'

const SHARE = 0.1

/**
 * How many processes were at any time more than a tenth above, or below, what they took at first. Growth is what a leak
 * looks like.
 */
export function countStrays(processes: readonly ProcessMemory[]): { above: number; below: number } {
  const above = processes.filter(({ atStart, greatest }) => greatest > atStart * (1 + SHARE))
  const below = processes.filter(({ atStart, least }) => least < atStart * (1 - SHARE))
  return { above: above.length, below: below.length }
}
