import { describeError } from '../../lib/observability/describe-error.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { createWitness } from '../fakes/create-witness.ts'

/** Everything that leaves the two functions but the bodies of messages: log lines, metrics, failures as they are logged, attributes, group ids. */
export function tellAll(
  witness: ReturnType<typeof createWitness>,
  messages: readonly OutgoingMessage[],
): unknown[] {
  const { lines, notes, measured } = witness
  const failures = witness.failures.map(({ message, error }) => ({ message, ...describeError(error) }))
  const around = messages.map(({ body: _, ...rest }) => rest)
  return [...lines, ...notes, ...measured, ...failures, ...around]
}
