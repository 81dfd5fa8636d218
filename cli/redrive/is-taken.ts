import type { RedriveOptions } from './parse-redrive-options.ts'
import type { Letter } from './to-letter.ts'

/** Whether a dead letter is redriven or deleted. What may have been reset goes again only when its code is named; what was reset never. */
export function isTaken(
  { code, advice }: Letter,
  { action, codes }: Pick<RedriveOptions, 'action' | 'codes'>,
): boolean {
  if (action === 'preview') return false
  if (action === 'delete') return codes.has(code)
  if (advice.kind === 'never') return false
  return codes.size > 0 ? codes.has(code) : advice.kind === 'again'
}
