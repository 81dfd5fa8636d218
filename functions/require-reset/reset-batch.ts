import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type OwedRow, type ResetEvent, ResetEventSchema } from '../../lib/contract/breach-event.ts'
import type { Failure } from '../../lib/queue/dead-letter.ts'
import { deadLetterBody, readStepEvent } from '../../lib/step/dead-letters.ts'
import { createInvocation, type Invocation } from '../../lib/step/invocation.ts'
import { type Settled, settleBatch } from '../../lib/step/settle-batch.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import { decidePeople } from './decide.ts'
import type { Environment } from './environment.ts'
import { type Outcome, owing, type Result } from './person.ts'
import { settlePeople } from './settle.ts'

/**
 * Calls Stytch for the people of a batch and settles every record. `remainingMs`: time left to the invocation. Records are settled
 * once the whole batch is decided, because only then is it known whether a refusal was the configuration's fault.
 * Returns the batch item failures.
 */
export function resetBatch(
  environment: Environment,
  event: SQSEvent,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  return environment.limiter.during(() => handleBatch(environment, event, remainingMs))
}

async function handleBatch(
  environment: Environment,
  event: SQSEvent,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const { circuit } = environment
  const invocation = createInvocation<Outcome>(environment, remainingMs, [circuit])

  // What one message owes to the ledger covers the same people in the others.
  const owes = ({ body }: SQSRecord) => Number(/"owed":/.test(body))
  const owingFirst = event.Records?.toSorted((a, b) => owes(b) - owes(a))
  const records = owingFirst?.map((record) => ({
    messageId: record.messageId,
    decision: decideRecord(environment, record, invocation),
  }))
  const decided = await Promise.allSettled(records?.map(({ decision }) => decision) ?? [])
  const batch = { stop: invocation.stopped(), owed: owedInBatch(decided) }
  return settleBatch(
    environment,
    'require-reset',
    records,
    async ({ decision }) => settleRecord(environment, await decision, batch),
    invocation.leftMs,
  )
}

/** What is decided about a record: how its people ended, or why its body is not a reset event. */
type Decision = { event: ResetEvent; results: readonly Result[] } | { body: string; failure: Failure }

/** What the decisions of a batch have in common: why calling has stopped, and what is owed to the ledger, by pseudonym. */
type Batch = { stop: Stop | undefined; owed: ReadonlyMap<string, OwedRow> }

function owedInBatch(decided: readonly PromiseSettledResult<Decision>[]): Batch['owed'] {
  const results = decided.flatMap((one) =>
    one.status === 'fulfilled' && 'results' in one.value ? one.value.results : [],
  )
  return new Map(
    results.flatMap(({ key, outcome }) =>
      key !== undefined && outcome.kind === 'deferred' && outcome.rest.owed ? [[key, outcome.rest.owed]] : [],
    ),
  )
}

/** Rejects when a person could not be decided about. Nothing is settled yet. */
async function decideRecord(
  environment: Environment,
  { body, attributes }: SQSRecord,
  invocation: Invocation<Outcome>,
): Promise<Decision> {
  const read = readStepEvent(body, ResetEventSchema)
  if ('failure' in read) return { body, failure: read.failure }
  const { event } = read
  const sentAt = Number(attributes.SentTimestamp)
  return { event, results: await decidePeople(environment, { event, sentAt }, invocation) }
}

/**
 * Resolves, to what is known of the event, when every person of a record is in the ledger, on the dead-letter queue or deferred. Rejects
 * when that could not be done, so that SQS delivers the record again.
 */
async function settleRecord(environment: Environment, decision: Decision, batch: Batch): Promise<Settled[]> {
  if ('failure' in decision) {
    await deadLetterBody(environment, decision.body, decision.failure)
    return []
  }
  const { event } = decision
  const results = decision.results.map((result) =>
    oweToo(deferIfConfigurationFault(result, batch.stop), event, batch.owed),
  )
  return [await settlePeople(environment, event, results)]
}

/** A refusal that turned out to be the configuration's fault is not the member's: it is deferred instead of dead-lettered. */
function deferIfConfigurationFault(result: Result, stop: Stop | undefined): Result {
  const { person, outcome } = result
  const isBlamed =
    stop !== undefined && outcome.kind === 'dead_lettered' && outcome.unknown && outcome.code === stop.code
  if (!isBlamed) return result
  const { uncertain, requestId } = outcome
  return { ...result, outcome: { kind: 'deferred', stop, rest: { ...person, uncertain }, requestId } }
}

/** Someone who was deferred before their turn in another message of the batch, which reset them: both messages owe that to the ledger. */
function oweToo(result: Result, event: ResetEvent, owed: Batch['owed']): Result {
  const { key = '', outcome } = result
  const row = owed.get(key)
  if (outcome.kind !== 'deferred' || outcome.rest.owed || !row) return result
  if (Date.parse(row.reset_at) < Date.parse(event.fence)) return result
  return { ...result, outcome: { ...outcome, rest: owing(outcome.rest, row) } }
}
