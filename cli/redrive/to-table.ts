import type { RedriveOptions } from './parse-redrive-options.ts'
import type { Reason } from './tally-letters.ts'

const DONE = { redrive: 'redriven', delete: 'deleted' } as const

/** The dead letters by reason, one line each, with what was done or what a redrive would do. */
export function toTable(reasons: readonly Reason[], action: RedriveOptions['action']): string {
  if (reasons.length === 0) return 'The dead-letter queue is empty.'
  const width = Math.max(...reasons.map(({ code }) => code.length))
  const lines = reasons.map(({ code, letters, rows, taken, advice }) => {
    const what = action === 'preview' ? advice.sentence : `${taken} ${DONE[action]}, ${letters - taken} left`
    return `${String(letters).padStart(7)} ${String(rows).padStart(8)}  ${code.padEnd(width)}  ${what}`
  })
  const head = `letters ${'members'.padStart(8)}  ${'reason'.padEnd(width)}`
  return [`${head}  ${action === 'preview' ? 'a redrive of it' : ''}`.trimEnd(), ...lines].join('\n')
}
