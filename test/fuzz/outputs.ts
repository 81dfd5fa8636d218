import { describeError } from '../../lib/observability/describe-error.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { createRecorder } from '../fakes/create-recorder.ts'

/** Text that SQS takes: only characters of XML 1.0. */
export const XML_TEXT = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u

/** Everything that leaves a function except the bodies of messages: log lines, metrics, failures as they are logged, attributes, group ids. */
export function outputsOf(
  recorder: ReturnType<typeof createRecorder>,
  messages: readonly OutgoingMessage[],
): unknown[] {
  const { lines, notes, measured } = recorder
  const failures = recorder.failures.map(({ message, error }) => ({ message, ...describeError(error) }))
  const around = messages.map(({ body: _, ...rest }) => rest)
  return [...lines, ...notes, ...measured, ...failures, ...around]
}
