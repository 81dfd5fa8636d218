import type { EndCounts } from './count-ends.ts'
import { maskEmail } from './mask-email.ts'
import { remedyFor } from './remedy-for.ts'

/** Who is on the dead-letter queue by reason, masked, and what to do. */
export function deadLetterLines({ groups }: EndCounts): string[] {
  const letters = groups.filter(({ kind }) => kind === 'dead_lettered')
  if (letters.length === 0) return ['  none']
  return letters.flatMap(({ code, count, examples }) => {
    const shown = examples.map((email) => (email === undefined ? '(no address)' : maskEmail(email)))
    const more = count > examples.length ? ` and ${count - examples.length} more` : ''
    return [`  ${code}: ${shown.join(', ')}${more}`, `    ${remedyFor(code)}`]
  })
}
