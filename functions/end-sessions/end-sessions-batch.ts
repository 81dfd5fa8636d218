import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { type SessionsEvent, SessionsEventSchema } from '../../lib/contract/breach-event.ts'
import type { Failure } from '../../lib/queue/dead-letter.ts'
import { deadLetterBody, readStepEvent } from '../../lib/step/dead-letters.ts'
import { createInvocation, type Invocation, withoutProgress } from '../../lib/step/invocation.ts'
import type { Keys } from '../../lib/step/read-keys.ts'
import { type Settled, settleBatch } from '../../lib/step/settle-batch.ts'
import type { Stop } from '../../lib/step/stop-calling.ts'
import { type Context, decidePeople } from './decide.ts'
import type { Environment } from './environment.ts'
import { createMemberSearch } from './find-members.ts'
import { asDeferred, type Outcome, type Result } from './person.ts'
import { settlePeople } from './settle.ts'

/**
 * Ends the sessions of the people of a batch and settles every record. `remainingMs`: time left to the invocation. Records are settled
 * once the whole batch is decided, because only then is it known whether a refusal was the configuration's fault.
 * Returns the batch item failures.
 */
export function endSessionsBatch(
  environment: Environment,
  event: SQSEvent,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const { searchMembers, revoke, readBack } = environment
  const limiters = [searchMembers, revoke, readBack].map(({ limiter }) => limiter)
  return limiters.reduce(
    (handle, limiter) => () => limiter.during(handle),
    () => handleBatch(environment, event, remainingMs),
  )()
}

async function handleBatch(
  environment: Environment,
  event: SQSEvent,
  remainingMs: number,
): Promise<SQSBatchResponse> {
  const { searchOrganizations, searchMembers, revoke } = environment
  // In an outage of read-backs sessions end all the same.
  const circuits = [searchOrganizations, searchMembers, revoke].map(({ circuit }) => circuit)
  const invocation = createInvocation<Outcome>(environment, remainingMs, circuits)
  const context = toContext(environment, await environment.readKeys(), invocation)
  const records = event.Records?.map((record) => ({
    messageId: record.messageId,
    decision: decideRecord(record, context),
  }))
  await Promise.allSettled(records?.map(({ decision }) => decision) ?? [])
  const stop = invocation.stopped()
  return settleBatch(
    environment,
    'end-sessions',
    records,
    async ({ decision }) => settleRecord(environment, await decision, stop),
    invocation.leftMs,
  )
}

function toContext(environment: Environment, keys: Keys, invocation: Invocation<Outcome>): Context {
  if (keys.kind === 'stop') {
    invocation.stop(keys.stop)
    return keys
  }
  const { credentials, keyOf } = keys
  const searching = { environment, credentials, invocation: withoutProgress(invocation) }
  const findMembers = createMemberSearch(searching)
  return { kind: 'ready', environment, credentials, invocation, keyOf, findMembers }
}

/** What is decided about a record: how its people ended, or why its body is not a sessions event. */
type Decision = { event: SessionsEvent; results: readonly Result[] } | { body: string; failure: Failure }

/** Rejects when a person could not be decided about. Nothing is settled yet. */
async function decideRecord({ body, attributes }: SQSRecord, context: Context): Promise<Decision> {
  const read = readStepEvent(body, SessionsEventSchema)
  if ('failure' in read) return { body, failure: read.failure }
  const { event } = read
  const sentAt = Number(attributes.SentTimestamp)
  return { event, results: await decidePeople({ event, sentAt }, context) }
}

/**
 * Resolves, to what is known of the event, when every person of a record is in the ledger, on the dead-letter queue or deferred. Rejects
 * when that could not be done, so that SQS delivers the record again.
 */
async function settleRecord(
  environment: Environment,
  decision: Decision,
  stop: Stop | undefined,
): Promise<Settled[]> {
  if ('failure' in decision) {
    await deadLetterBody(environment, decision.body, decision.failure)
    return []
  }
  const results = decision.results.map((result) => deferIfConfigurationFault(result, stop))
  return [await settlePeople(environment, decision.event, results)]
}

/** A refusal that turned out to be the configuration's fault is not the member's: it is deferred instead of dead-lettered. */
function deferIfConfigurationFault(result: Result, stop: Stop | undefined): Result {
  const { outcome } = result
  const isBlamed =
    stop !== undefined && outcome.kind === 'dead_lettered' && outcome.unknown && outcome.reason === stop.code
  if (!isBlamed) return result
  return { ...result, outcome: asDeferred(outcome.rest, stop, outcome.requestId) }
}
