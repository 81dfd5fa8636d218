import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import pLimit from 'p-limit'
import { type ResetEvent, ResetEventSchema } from '../../lib/contract/breach-event.ts'
import { describeIssues, identifyEvent } from '../../lib/contract/check-breach-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { createLimiter } from '../../lib/flow/limiter.ts'
import { createReadReset, type ReadResets, type WriteRows } from '../../lib/ledger/ledger.ts'
import { createLedgerWriter } from '../../lib/ledger/ledger-writer.ts'
import { type Observe, reportRecordFailure } from '../../lib/observability/observe.ts'
import {
  createSendDeadLetters,
  type Failure,
  type SendDeadLetters,
  toDeadLetter,
} from '../../lib/queue/dead-letter.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { createCredentialsReader } from '../../lib/stytch/credentials.ts'
import type { RequireReset } from '../../lib/stytch/require-reset.ts'
import { createCallMember } from './call-member.ts'
import type { Config } from './config.ts'
import { createCallMembers, createPrepare } from './decide.ts'
import type { Result, Stop } from './outcome.ts'
import { createRecordCall, createResetPerson } from './reset-person.ts'
import { createSettleRecord } from './settle.ts'
import { createCircuit, createInvocation, type Invocation, watchCalls } from './stop-calling.ts'

const MAX_WRITE = 25

/** Every effect the function has on the world. */
export type Effects = {
  requireReset: RequireReset
  sendMessages: SendMessages
  readResets: ReadResets
  writeRows: WriteRows
  checkSentinel: (ledgerKey: string) => Promise<'same key' | 'other key'>
  readSecret: (name: string, options: { fresh: boolean }) => Promise<string | undefined>
  observe: Observe
  now: () => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/**
 * Wires the steps of one execution environment, whose limiter and watch remember across invocations.
 * Returns what handles a batch, given the time left in ms.
 */
export function createResetBatch(config: Config, effects: Effects) {
  const { observe, now } = effects
  const onLedgerFailure = (error: unknown) => {
    observe.failure('ledger unavailable', error)
    observe.measure('DependencyUnavailable', 1)
  }
  const credentials = createCredentialsReader((options) => effects.readSecret(config.stytchSecret, options))
  const limiter = createLimiter({ perSecond: config.requestsPerSecond, ...effects })
  const unrecorded = pLimit(config.maxUnrecorded)
  const inFlight = pLimit(config.callsInFlight)
  const circuit = createCircuit({ people: unrecorded, now })
  const watch = watchCalls()
  const callMember = createCallMember({ ...effects, credentials, limiter, inFlight, watch, circuit })
  const { writeRow, atWork } = createLedgerWriter({ ...effects, maxRows: rowsPerWrite(config) })
  const recordCall = createRecordCall({ writeRow, onFailure: onLedgerFailure })
  const prepare = createPrepare({
    readCredentials: credentials.current,
    readLedgerKey: () => effects.readSecret(config.ledgerKeySecret, { fresh: false }),
    checkSentinel: effects.checkSentinel,
    onFailure: (error) => {
      observe.failure('secret or ledger unavailable', error)
      observe.measure('DependencyUnavailable', 1)
    },
  })
  const callMembers = createCallMembers({
    mode: config.mode,
    prepare,
    readReset: createReadReset(effects.readResets),
    resetPerson: atWork(createResetPerson({ callMember, recordCall })),
    unrecorded,
    onLedgerFailure,
    now,
  })
  const sendDeadLetters = createSendDeadLetters(effects.sendMessages, config.deadLetterQueueUrl)
  const settleRecord = createSettleRecord({ config, sendDeadLetters, ...effects })
  const resetRecord = createResetRecord({ callMembers, settleRecord, sendDeadLetters, ...effects })

  return (event: SQSEvent, remainingMs: number): Promise<SQSBatchResponse> => {
    const invocation = createInvocation(
      now() + remainingMs - config.settleReserveMs - config.callTimeoutMs,
      observe,
    )
    const open = circuit.open()
    if (open) invocation.stop(open)
    return processBatch(event, (record) => resetRecord(record, invocation), reportRecordFailure(observe))
  }
}

/** While one write is under way, the next one is gathered: half each of those who may wait for a row beside the calls in flight. */
function rowsPerWrite({ maxUnrecorded, callsInFlight }: Config): number {
  return Math.max(1, Math.min(MAX_WRITE, Math.ceil((maxUnrecorded - callsInFlight) / 2)))
}

/**
 * Returns the record handler: decide and call; then, when all records of the batch have come that far, settle.
 * That last step resolves when every member of the record is in the ledger, on the dead-letter queue, or sent on;
 * and rejects when that could not be done, so that SQS delivers the record again.
 */
function createResetRecord(deps: {
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

/** Refusals that turned out to be the configuration's fault are not the members': they are sent on instead of dead-lettered. */
function withholdBlamed(results: readonly Result[], stop: Stop | undefined): readonly Result[] {
  if (!stop) return results
  return results.map((result) => {
    const { person, outcome } = result
    const isBlamed = outcome.kind === 'failed' && outcome.unknown && outcome.code === stop.code
    if (!isBlamed) return result
    const { uncertain, requestId } = outcome
    return { person, outcome: { kind: 'deferred', stop, uncertain, requestId } }
  })
}
