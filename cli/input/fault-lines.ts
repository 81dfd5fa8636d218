import type { Fault } from './input.ts'

const MOST = 20

/** What can't be sent, a line each, and how much more there is. */
export function faultLines(faults: readonly Fault[]): string[] {
  const lines = faults
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, MOST)
    .map((fault) => `${whereOf(fault)}${fault.field}: ${fault.rule}`)
  return faults.length > MOST ? [...lines, `and ${faults.length - MOST} more`] : lines
}

function whereOf({ line, event }: Fault): string {
  if (line !== undefined) return `line ${line}: `
  return event === undefined ? '' : `event ${event}: `
}
