import type { EndCounts } from '../start/count-ends.ts'
import { countLines } from '../start/count-lines.ts'
import { deadLetterLines } from '../start/dead-letter-lines.ts'

/** What became of the rows of a send to a local system, in words. */
export function localLines(ends: EndCounts): string[] {
  return [
    '',
    `what became of them: ${ends.rows} rows`,
    ...countLines(ends),
    'dead letters',
    ...deadLetterLines(ends),
  ]
}
