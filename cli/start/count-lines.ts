import type { EndCounts } from './count-ends.ts'
import { meaningOf } from './meaning-of.ts'

/** How many rows ended how, a line each, the most frequent first. */
export function countLines({ groups }: EndCounts): string[] {
  return groups
    .toSorted((a, b) => b.count - a.count)
    .map(({ kind, code, count }) => {
      const name = kind === 'reset' || kind === 'missing' ? '' : code
      return `${String(count).padStart(6)}  ${kind.replace('_', '-').padEnd(13)} ${name.padEnd(24)} ${meaningOf(code)}`.trimEnd()
    })
}
