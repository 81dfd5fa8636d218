import { INVARIANTS } from '../invariants/invariants.ts'
import { FAULTS_AT, type FaultKind, STEPS, type Step } from '../scenario/faults.ts'
import { type Hits, rarestHit, type Tally } from './tally.ts'

/** The causes that docs/contract.md allows, in "Sending again". */
const CAUSES = [
  'crash',
  'unanswered',
  'at the same moment',
  'not written',
  'overwritten',
  'wrong clock',
] as const

/** Formats the result of many seeds; the last line is a summary in one sentence. */
export function toSummary(tally: Tally, first: number): string {
  const { seeds, events, members, calls, resets, loggedOut, hits, situations, repeats, violations } = tally
  const inside = CAUSES.reduce((sum, cause) => sum + (repeats[cause] ?? 0), 0)
  const kills = situations['processes killed'] ?? 0
  const broken = Map.groupBy(violations, ({ invariant }) => invariant)
  const { step, fault, count } = rarestHit(hits)
  return [
    'How often each fault struck at each step of the three functions',
    ...toHitTable(hits),
    '',
    'What else happened',
    ...Object.entries(situations).map(([name, times]) => line(name, times)),
    '',
    'People reset again, by the cause',
    ...Object.entries(repeats).map(([cause, times]) => line(cause, times)),
    '',
    'Promises, and how often each was broken',
    ...Object.keys(INVARIANTS).map((name) => line(name, broken.get(name as never)?.length ?? 0)),
    '',
    `The rarest fault: "${fault}" at "${step}", ${count} times.`,
    `Seeds ${first} to ${first + seeds - 1}: ${events} events with ${members} members, ${calls} calls, ${resets} resets, ${loggedOut} people logged out, ${kills} processes killed; ${inside} repeats inside the window, ${violations.length} violations.`,
  ].join('\n')
}

function line(name: string, count: number): string {
  return `  ${String(count).padStart(9)}  ${name}`
}

const COLUMNS: FaultKind[] = [
  'crash before',
  'crash after',
  'refused',
  'unanswered',
  'swallowed',
  'partial',
  'never accepted',
  'sent twice',
  'slow',
  'throttled',
  'unusable',
  'forbidden',
  'survives',
  'stranger',
  'deleted',
  'delivered again',
]
const FIRST = 28
const WIDTH = 11

/** Formats how often each fault struck at each step; `-` where it cannot. */
function toHitTable(hits: Hits): string[] {
  const heads = [0, 1].map((line) =>
    row(
      '',
      COLUMNS.map((kind) => kind.split(' ')[line] ?? ''),
    ),
  )
  return [
    ...heads,
    ...STEPS.map((step) =>
      row(
        step,
        COLUMNS.map((kind) => cell(step, kind)),
      ),
    ),
  ]

  function cell(step: Step, kind: FaultKind): string {
    const faults: readonly FaultKind[] = FAULTS_AT[step]
    return faults.includes(kind) ? String(hits[step]?.[kind] ?? 0) : '-'
  }
}

function row(first: string, cells: readonly string[]): string {
  return `  ${first.padEnd(FIRST)}${cells.map((text) => text.padStart(WIDTH)).join('')}`
}
