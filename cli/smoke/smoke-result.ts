import type { Followed } from './follow-event.ts'

type Outcome = NonNullable<Followed['end']>['outcome']

/**
 * How a smoke check ended. `no_line`: the log told nothing in time; `not_checked`: a request of ours to AWS failed.
 * `proves`: the parts that worked. `passed` only when all of them did, which a dry run can't show.
 */
export type SmokeResult = {
  outcome: Outcome | 'no_line' | 'not_checked'
  code: string
  passed: boolean
  proves: readonly string[]
  sentence: string
}
