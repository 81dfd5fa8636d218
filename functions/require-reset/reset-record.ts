import type { SQSRecord } from 'aws-lambda'
import { describeIssues } from '../../lib/contract/describe-issues.ts'
import { identifyEvent } from '../../lib/contract/identify-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { type ResetEvent, ResetEventSchema } from '../../lib/contract/reset-event.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { SendDeadLetters } from '../../lib/queue/create-send-dead-letters.ts'
import { type Failure, toDeadLetter } from '../../lib/queue/to-dead-letter.ts'
import type { Invocation } from './create-invocation.ts'
import type { Result } from './outcome.ts'
import { withholdBlamed } from './withhold-blamed.ts'

/**
 * Returns the record handler: decide and call; then, when all records of the batch have come that far, settle.
 * That last step resolves when every member of the record is in the ledger, on the dead-letter queue, or sent on;
 * and rejects when that could not be done, so that SQS delivers the record again.
 */
export function createResetRecord(deps: {
  callMembers: (event: ResetEvent, invocation: Invocation) => Promise<Result[]>
  settleRecord: (event: ResetEvent, results: readonly Result[]) => Promise<void>
  sendDeadLetters: SendDeadLetters
  observe: Observe
  now: () => number
}) {
  return async function resetRecord(record: SQSRecord, invocation: Invocation): Promise<() => Promise<void>> {
    const read = readResetEvent(record.body)
    if ('failure' in read) return () => deadLetter(record.body, read.failure)
    const results = await deps.callMembers(read.event, invocation)
    return () => deps.settleRecord(read.event, withholdBlamed(results, invocation.stopped()))
  }

  async function deadLetter(body: string, failure: Failure): Promise<void> {
    deps.observe.note('event dead-lettered', { code: failure.code, detail: failure.detail })
    await deps.sendDeadLetters([toDeadLetter(body, failure, deps.now())])
    deps.observe.measure('EventsDeadLettered', 1)
  }
}

/** Only fan-out and this function may send to the reset queue; anything else there is not acted on. */
function readResetEvent(body: string): { event: ResetEvent } | { failure: Failure } {
  const json = parseJson(body)
  if (json.kind === 'rejected') return { failure: json.rejection }
  const event = ResetEventSchema.safeParse(json.value)
  if (event.success) return { event: event.data }
  return {
    failure: { code: 'invalid_event', detail: describeIssues(event.error), event: identifyEvent(json.value) },
  }
}
