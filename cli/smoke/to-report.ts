import { exitCodeOf } from './exit-code-of.ts'
import type { SmokeResult } from './smoke-result.ts'

const TITLES = { 0: 'PASSED', 1: 'FAILED', 3: 'PASSED as far as a dry run goes' }

/** The end of a smoke check in words. `ms`: how long it took. */
export function toReport(result: SmokeResult, ms: number): string {
  const { outcome, code, proves, sentence } = result
  const end = outcome === code ? outcome : `${outcome} ${code}`
  return [
    `${TITLES[exitCodeOf(result)]}: ${end}, after ${(ms / 1000).toFixed(1)} s`,
    `  ${sentence}`,
    ...(proves.length > 0 ? [`  proved: ${proves.join(', ')}`] : []),
  ].join('\n')
}
