import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQSEvent } from 'aws-lambda'
import { expect } from 'vitest'
import { type Environment, fanOutRecord } from '../../functions/fan-out/fan-out-batch.ts'
import { groupByPerson, normalizeEmail } from '../../lib/contract/person.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { processBatch } from '../../lib/queue/process-batch.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { createProgress } from '../fakes/create-progress.ts'
import { createRecorder } from '../fakes/create-recorder.ts'
import { WHOLE_EVENT_CODES } from '../fixtures/whole-event-codes.ts'

/** How SQS treats one request to send: it takes the messages, refuses them for good, or never answers. */
export type Sending = 'taken' | 'refused' | 'unanswered'

/** About every third event is from the first source and over its hourly limit or in a mode that it may not have. */
const SOURCES = {
  'urn:detector:hibp': { maxMembersPerHour: 6, highestMode: 'dry_run' },
  'urn:detector:stealer-logs': { maxMembersPerEvent: 10 },
} as const
const NOW = Date.parse('2026-11-20T12:00:00Z')

/**
 * Runs one batch through fan-out, whose stage allows 100 members and two sources. `sendings`: how the first sends of each record are
 * treated; later ones are taken. Returns what each record sent, and which records failed.
 */
export async function runFanOut(bodies: readonly string[], sendings: readonly (readonly Sending[])[] = []) {
  const recorder = createRecorder()
  const current = new AsyncLocalStorage<ReturnType<typeof ofRecord>>()
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
      rehearsedQueueUrl: undefined,
      ...{ maxMembersPerEvent: 100, maxMembersPerHour: undefined },
      membersPerMessage: 3,
      messagesAtOnce: 1,
      sources: SOURCES,
      quotaTable: '',
      mode: 'enforce',
      progressTable: 'progress',
      outcomeBus: undefined,
    },
    ...createProgress().effects,
    ...{ monotonic: () => 0, sleep: async () => {}, random: () => 0.5 },
    consumeQuota: async (_, quotas, members) => quotas.find(({ maxPerHour }) => members > maxPerHour),
    observe: recorder.observe,
    now: () => NOW,
    sendMessages: async (queue, given) => {
      const messages = [...given]
      const mine = current.getStore()
      if (!mine) throw new Error('sent outside a record')
      if (messages.length === 0) return { refused: [] }
      const sending = sendings[mine.index]?.[mine.sends.length] ?? 'taken'
      mine.sends.push({ queue, sending })
      if (sending === 'unanswered') throw new Error(`no answer to ${JSON.stringify(messages)}`)
      if (sending === 'refused') return { refused: messages }
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
    async (sqsRecord) => {
      const record = records[Number(sqsRecord.messageId)] as (typeof records)[number]
      await current.run(record, () => fanOutRecord(environment, sqsRecord))
    },
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

type Row = { email_address: string; organization_id?: string; member_id?: string }
type Handled = { body: string; chunks: readonly OutgoingMessage[]; letters: readonly OutgoingMessage[] }

/**
 * Expects that a record which fan-out has handled is one dead letter, or that each of its rows, counted with multiplicity, is in a
 * dead letter of such rows or forwarded; and that no row is forwarded twice and no person is in two messages.
 * Returns how many rows are left to be reported as duplicates.
 */
export function accountForRows({ body, chunks, letters }: Handled): number {
  const invalid = letters.filter((letter) => codeOf(letter) === 'invalid_member')
  const refused = letters.filter((letter) => codeOf(letter) === 'unsendable')
  const [ofEvent] = letters.filter((letter) => !invalid.includes(letter) && !refused.includes(letter))
  if (ofEvent) {
    expect([letters.length, chunks.length]).toEqual([1, 0])
    if (!WHOLE_EVENT_CODES.has(codeOf(ofEvent) ?? '')) expect(ofEvent.body).toBe(body)
    else expect(rowsOf(ofEvent.body).map(essence)).toEqual(rowsIn(body).map(essence))
    return 0
  }
  const dead = new Set(invalid.flatMap((letter) => rowsOf(letter.body).map(asText)))
  const came = rowsIn(body)
  const alive = came.filter((row) => !dead.has(asText(row)))
  expect(invalid.length).toBeLessThanOrEqual(1)
  expect(invalid.flatMap((letter) => rowsOf(letter.body).map(asText))).toEqual(
    came.filter((row) => dead.has(asText(row))).map(asText),
  )
  const forwarded = [...chunks, ...refused].map((message) => rowsOf(message.body))
  expect(new Set(forwarded.flat().map(essence))).toEqual(new Set(alive.map(essence)))
  const people = groupByPerson(alive, (row) => row.email_address)
  const perMessage = forwarded.map((rows) => groupByPerson(rows, (row) => row.email_address).length)
  expect(perMessage.reduce((sum, count) => sum + count, 0)).toBe(people.length)
  const distinct = people.flatMap((rows) => [...Map.groupBy(rows, idsOf).values()])
  expect(forwarded.flat()).toHaveLength(distinct.length)
  return alive.length - people.length
}

const codeOf = ({ attributes }: OutgoingMessage) => attributes?.['failure-code']
const rowsOf = (body: string): Row[] => JSON.parse(body).data.members
const asText = (row: unknown) => {
  const isObject = typeof row === 'object' && row !== null && !Array.isArray(row)
  return JSON.stringify(isObject ? { ...row, row_index: undefined } : row)
}
const idsOf = ({ organization_id, member_id }: Row) => JSON.stringify([organization_id, member_id])
const essence = (row: Row | null) =>
  typeof row?.email_address === 'string' ? normalizeEmail(row.email_address) + idsOf(row) : asText(row)

function rowsIn(body: string): Row[] {
  const unwrapped = unwrapEnvelopes(body)
  if (unwrapped.kind === 'rejected') throw new Error("the body can't be unwrapped, so it has no rows")
  return (unwrapped.value as { data: { members: Row[] } }).data.members
}
