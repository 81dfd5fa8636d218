import { meaningOf } from './meaning-of.ts'
import type { RowEnd } from './tally-event.ts'

/** How many rows ended how, a line each, the most frequent first. */
export function countLines(ends: readonly RowEnd[]): string[] {
  const groups = [...Map.groupBy(ends, ({ kind, code }) => `${kind} ${code}`).values()]
  return groups
    .toSorted((a, b) => b.length - a.length)
    .flatMap(([end, ...others]) => {
      if (!end) return []
      const name = end.kind === 'reset' || end.kind === 'missing' ? '' : end.code
      const count = String(others.length + 1).padStart(6)
      return `${count}  ${end.kind.replace('_', '-').padEnd(13)} ${name.padEnd(24)} ${meaningOf(end.code)}`.trimEnd()
    })
}
