import type { Fault } from './input.ts'

const MOST = 20

/** What can't be sent, a line each, and how many more there are. */
export function faultLines(faults: readonly Fault[]): string[] {
  const lines = faults
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MOST)
    .map(({ line, field, rule }) => `${line === undefined ? '' : `line ${line}: `}${field}: ${rule}`)
  return faults.length > MOST ? [...lines, `and ${faults.length - MOST} more`] : lines
}
