import { describeError } from '../../lib/observability/describe-error.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { createRecorder } from '../fakes/create-recorder.ts'

/** Everything that leaves the two functions but the bodies of messages: log lines, metrics, failures as they are logged, attributes, group ids. */
export function tellAll(
  recorder: ReturnType<typeof createRecorder>,
  messages: readonly OutgoingMessage[],
): unknown[] {
  const { lines, notes, measured } = recorder
  const failures = recorder.failures.map(({ message, error }) => ({ message, ...describeError(error) }))
  const around = messages.map(({ body: _, ...rest }) => rest)
  return [...lines, ...notes, ...measured, ...failures, ...around]
}
