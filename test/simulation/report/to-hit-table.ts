import { FAULTS_AT, type FaultKind, type Step } from '../scenario/faults-at.ts'
import type { Hits } from './tally.ts'

const COLUMNS: FaultKind[] = [
  'crash before',
  'crash after',
  'refused',
  'unanswered',
  'swallowed',
  'partial',
  'never taken',
  'sent twice',
  'slow',
  'throttled',
  'unusable',
  'delivered again',
]
const FIRST = 22
const WIDTH = 11

/** Each fault × each step, with how often it struck; `-` where it can't. */
export function toHitTable(hits: Hits): string[] {
  const heads = [0, 1].map((line) =>
    row(
      '',
      COLUMNS.map((kind) => kind.split(' ')[line] ?? ''),
    ),
  )
  const steps = Object.keys(FAULTS_AT) as Step[]
  return [
    ...heads,
    ...steps.map((step) =>
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
