import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQSEvent } from 'aws-lambda'
import { type Environment, fanOutRecord } from '../../functions/fan-out/fan-out-batch.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { createRecorder } from '../fakes/create-recorder.ts'

/** What becomes of one request to send: taken, refused for good, or never answered. */
export type Sending = 'taken' | 'refused' | 'unanswered'

/** Every third event or so is of the first source, with more members than fit into its hour, or in a mode that it may not have. */
const SOURCES = {
  'urn:detector:hibp': { maxMembersPerHour: 6, highestMode: 'dry_run' },
  'urn:detector:stealer-logs': { maxMembersPerEvent: 10 },
} as const
const NOW = Date.parse('2026-11-20T12:00:00Z')

/**
 * Runs one batch through fan-out, whose stage allows 100 members and two sources. `sendings` holds, per record, what becomes of its
 * first sends; later ones are taken.
 */
export async function runFanOut(bodies: readonly string[], sendings: readonly (readonly Sending[])[] = []) {
  const recorder = createRecorder()
  const record = new AsyncLocalStorage<ReturnType<typeof ofRecord>>()
  const ofRecord = (body: string, index: number) => ({
    body,
    index,
    chunks: [] as OutgoingMessage[],
    letters: [] as OutgoingMessage[],
    sends: [] as { queue: string; sending: Sending }[],
  })
  const environment: Environment = {
    config: {
      stage: 'test',
      resetQueueUrl: 'chunks',
      deadLetterQueueUrl: 'letters',
      maxMembersPerEvent: 100,
      membersPerMessage: 3,
      messagesAtOnce: 1,
      sources: SOURCES,
      quotaTable: '',
    },
    consumeQuota: async (_, { maxPerHour }, members) => members <= maxPerHour,
    observe: recorder.observe,
    now: () => NOW,
    sendMessages: async (queue, messages) => {
      const mine = record.getStore()
      if (!mine) throw new Error('sent outside a record')
      if (messages.length === 0) return { refused: [] }
      const sending = sendings[mine.index]?.[mine.sends.length] ?? 'taken'
      mine.sends.push({ queue, sending })
      if (sending === 'unanswered') throw new Error(`no answer to ${JSON.stringify(messages)}`)
      if (sending === 'refused') return { refused: [...messages] }
      mine[queue as 'chunks' | 'letters'].push(...messages)
      return { refused: [] }
    },
  }
  const records = bodies.map(ofRecord)
  const event = {
    Records: records.map(({ body, index }) => ({
      messageId: String(index),
      body,
      attributes: { SentTimestamp: String(NOW - 1000) },
    })),
  } as unknown as SQSEvent
  const { batchItemFailures } = await processBatch(
    event.Records,
    (sqsRecord) =>
      record.run(records[Number(sqsRecord.messageId)] as (typeof records)[number], () =>
        fanOutRecord(environment, sqsRecord),
      ),
    recorder.observe,
  )
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)))
  return {
    records,
    failed,
    recorder,
    messages: records.flatMap(({ chunks, letters }) => [...chunks, ...letters]),
  }
}
