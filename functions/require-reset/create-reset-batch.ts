import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import pLimit from 'p-limit'
import { createLimiter } from '../../lib/flow/create-limiter.ts'
import { createLedgerWriter } from '../../lib/ledger/create-ledger-writer.ts'
import { createReadReset } from '../../lib/ledger/create-read-reset.ts'
import type { ReadResets } from '../../lib/ledger/read-resets.ts'
import type { WriteRows } from '../../lib/ledger/write-rows.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import { reportRecordFailure } from '../../lib/observability/report-record-failure.ts'
import { createSendDeadLetters } from '../../lib/queue/create-send-dead-letters.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { createCredentialsReader } from '../../lib/stytch/create-credentials-reader.ts'
import type { RequireReset } from '../../lib/stytch/require-reset.ts'
import { createCallMember } from './call-member.ts'
import { createCallMembers } from './call-members.ts'
import type { Config } from './config.ts'
import { createCircuit } from './create-circuit.ts'
import { createInvocation } from './create-invocation.ts'
import { createPrepare } from './prepare.ts'
import { createRecordCall } from './record-call.ts'
import { createResetPerson } from './reset-person.ts'
import { createResetRecord } from './reset-record.ts'
import { createSettleRecord } from './settle-record.ts'
import { watchCalls } from './watch-calls.ts'

const LARGEST_WRITE = 25

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
  const unrecorded = pLimit(config.mostUnrecorded)
  const inFlight = pLimit(config.callsInFlight)
  const circuit = createCircuit({ people: unrecorded, now })
  const watch = watchCalls()
  const callMember = createCallMember({ ...effects, credentials, limiter, inFlight, watch, circuit })
  const { writeRow, atWork } = createLedgerWriter({ ...effects, mostRows: rowsPerWrite(config) })
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
function rowsPerWrite({ mostUnrecorded, callsInFlight }: Config): number {
  return Math.max(1, Math.min(LARGEST_WRITE, Math.ceil((mostUnrecorded - callsInFlight) / 2)))
}
