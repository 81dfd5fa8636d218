import { maskEmail } from './mask-email.ts'
import { remedyFor } from './remedy-for.ts'
import type { RowEnd } from './tally-event.ts'

const EXAMPLES = 3

/** Who is on the dead-letter queue by reason, masked, and what to do. */
export function deadLetterLines(ends: readonly RowEnd[]): string[] {
  const letters = Map.groupBy(
    ends.filter(({ kind }) => kind === 'dead_lettered'),
    ({ code }) => code,
  )
  if (letters.size === 0) return ['  none']
  return [...letters].flatMap(([code, group]) => {
    const shown = group
      .slice(0, EXAMPLES)
      .map(({ email }) => (email === undefined ? '(no address)' : maskEmail(email)))
    const more = group.length > EXAMPLES ? ` and ${group.length - EXAMPLES} more` : ''
    return [`  ${code}: ${shown.join(', ')}${more}`, `    ${remedyFor(code)}`]
  })
}
