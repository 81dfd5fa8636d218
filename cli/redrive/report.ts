import type { Reason, Redriven, RedriveOptions } from './redrive-dead-letters.ts'

const DONE = { redrive: 'redriven', delete: 'deleted' } as const

/** The dead letters by reason, one line each, with what was done or what a redrive would do, and whether there are more. */
export function toReport({ reasons, hidden, more }: Redriven, action: RedriveOptions['action']): string {
  const empty = hidden > 0 ? 'No dead letter can be seen.' : 'The dead-letter queue is empty.'
  return [
    ...(reasons.length > 0 ? toTable(reasons, action) : [more ? 'No dead letter was looked at.' : empty]),
    ...(hidden > 0
      ? [
          `About ${hidden} more were hidden at the start (SQS's count may be a minute old): another redrive holds them, or one that was killed. They become visible again within 15 minutes.`,
        ]
      : []),
    ...(more && reasons.length > 0 ? ['There are more, not looked at.'] : []),
  ].join('\n')
}

function toTable(reasons: readonly Reason[], action: RedriveOptions['action']): string[] {
  const width = Math.max(...reasons.map(({ code }) => code.length))
  const lines = reasons.map(({ code, letters, rows, taken, advice }) => {
    const what = action === 'preview' ? advice.sentence : `${taken} ${DONE[action]}, ${letters - taken} left`
    return `${String(letters).padStart(7)} ${String(rows).padStart(8)}  ${code.padEnd(width)}  ${what}`
  })
  const head = `letters ${'members'.padStart(8)}  ${'reason'.padEnd(width)}`
  return [`${head}  ${action === 'preview' ? 'a redrive of it' : ''}`.trimEnd(), ...lines]
}
