import type { Observe } from './observe.ts'

/** Returns what is told of a record that failed: SQS delivers it again, so it is logged and counted, and nothing of it is kept. */
export function reportRecordFailure(observe: Observe) {
  return (_record: unknown, error: unknown): void => {
    observe.failure('record failed', error)
    observe.measure('RecordFailed', 1)
  }
}
