import { INVARIANTS } from '../invariants/invariants.ts'
import { rarestHit } from './rarest-hit.ts'
import type { Tally } from './tally.ts'
import { toHitTable } from './to-hit-table.ts'

/** The causes that the promise names: docs/contract.md, "Sending again". */
const CAUSES = ['crash', 'unanswered', 'at the same moment', 'not written', 'overwritten'] as const

/** The printed summary of many seeds; its last line says it all. */
export function toSummary(tally: Tally, first: number): string {
  const { seeds, events, members, calls, resets, hits, situations, repeats, violations } = tally
  const inside = CAUSES.reduce((sum, cause) => sum + (repeats[cause] ?? 0), 0)
  const kills = situations['processes killed'] ?? 0
  const broken = Map.groupBy(violations, ({ invariant }) => invariant)
  const { step, fault, count } = rarestHit(hits)
  return [
    'How often each fault struck at each step of the two functions',
    ...toHitTable(hits),
    '',
    'What else happened',
    ...Object.entries(situations).map(([name, times]) => line(name, times)),
    '',
    'People reset again, by what had become of the call before',
    ...Object.entries(repeats).map(([cause, times]) => line(cause, times)),
    '',
    'Promises, and how often one was broken',
    ...Object.keys(INVARIANTS).map((name) => line(name, broken.get(name as never)?.length ?? 0)),
    '',
    `The rarest: "${fault}" at "${step}", ${count} times.`,
    `Seeds ${first} to ${first + seeds - 1}: ${events} events with ${members} members, ${calls} calls, ${resets} resets, ${kills} processes killed; ${inside} repeats inside the window, ${violations.length} violations.`,
  ].join('\n')
}

function line(name: string, count: number): string {
  return `  ${String(count).padStart(9)}  ${name}`
}
