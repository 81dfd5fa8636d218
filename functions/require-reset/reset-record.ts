import type { SQSRecord } from 'aws-lambda'
import { describeIssues } from '../../lib/contract/describe-issues.ts'
import { identifyEvent } from '../../lib/contract/identify-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { type ResetEvent, ResetEventSchema } from '../../lib/contract/reset-event.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { type Failure, toDeadLetter } from '../../lib/queue/to-dead-letter.ts'
import type { Invocation } from './create-invocation.ts'
import type { Result } from './outcome.ts'

/**
 * Returns the record handler: decide and call, then settle. It resolves when every member of the record is in the ledger,
 * on the dead-letter queue, or sent on; and rejects when that could not be done, so that SQS delivers the record again.
 */
export function createResetRecord(deps: {
  deadLetterQueueUrl: string
  callMembers: (event: ResetEvent, invocation: Invocation) => Promise<Result[]>
  settleRecord: (event: ResetEvent, results: readonly Result[]) => Promise<void>
  sendMessages: SendMessages
  observe: Observe
  now: () => number
}) {
  return async function resetRecord(record: SQSRecord, invocation: Invocation): Promise<void> {
    const read = readResetEvent(record.body)
    if ('failure' in read) return deadLetter(record.body, read.failure)
    await deps.settleRecord(read.event, await deps.callMembers(read.event, invocation))
  }

  async function deadLetter(body: string, failure: Failure): Promise<void> {
    deps.observe.note('event dead-lettered', { code: failure.code, detail: failure.detail })
    const { refused } = await deps.sendMessages(deps.deadLetterQueueUrl, [
      toDeadLetter(body, failure, deps.now()),
    ])
    if (refused.length > 0) throw new Error('a dead letter is too large to be sent with its reason')
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
