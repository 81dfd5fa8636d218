import type { SmokeResult } from './smoke-result.ts'

/** The exit code of a smoke check: 0 everything is proved, 3 everything that a dry run can prove, 1 otherwise. */
export function exitCodeOf({ passed, outcome, code }: SmokeResult): 0 | 1 | 3 {
  if (passed) return 0
  return outcome === 'skipped' && code === 'dry_run' ? 3 : 1
}
