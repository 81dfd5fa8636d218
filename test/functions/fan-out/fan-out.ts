import type { SQSRecord } from 'aws-lambda'
import { expect } from 'vitest'
import type { Config, Sources } from '../../../functions/fan-out/config.ts'
import { type Environment, fanOutRecord } from '../../../functions/fan-out/fan-out-batch.ts'
import { type ResetEvent, ResetEventSchema } from '../../../lib/contract/breach-event.ts'
import type { OutgoingMessage } from '../../../lib/queue/send-messages.ts'
import type { ConsumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { createProgress } from '../../fakes/create-progress.ts'
import { createRecorder } from '../../fakes/create-recorder.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')

/** Whether SQS refuses a message for good. */
export type Refuses = (message: OutgoingMessage, queue: string) => boolean

/** The sender of a body, and of another one, as SQS names them. */
export const SENDER = 'AROAPRODUCERPRODUCER'
const SESSION = ':ada@x.example'
export const STRANGER = 'AROASTRANGERSTRANGER'

/** `sentAt`: when the message was sent, in ms since the epoch. */
type Given = Partial<Config> & {
  refuses?: Refuses
  consumeQuota?: ConsumeQuota
  sentAt?: number
  sender?: string
}

/** The environment of fan-out, and what it sends, reports and keeps. */
export function createFanOut({
  refuses = () => false,
  consumeQuota = async () => undefined,
  ...config
}: Omit<Given, 'sentAt' | 'sender'> = {}) {
  const sent: Record<string, OutgoingMessage[]> = { reset: [], 'dead-letter': [], rehearsed: [] }
  const recorder = createRecorder()
  const progress = createProgress()
  const environment: Environment = {
    config: {
      stage: 'test',
      resetQueueUrl: 'reset',
      deadLetterQueueUrl: 'dead-letter',
      rehearsedQueueUrl: undefined,
      ...{ maxMembersPerEvent: 10_000, maxMembersPerHour: undefined },
      membersPerMessage: 25,
      messagesAtOnce: 1,
      sources: undefined,
      quotaTable: '',
      mode: 'enforce',
      progressTable: 'progress',
      outcomeBus: 'outcomes',
      ...config,
    },
    consumeQuota,
    observe: recorder.observe,
    now: () => NOW,
    ...progress.effects,
    ...{ monotonic: () => 0, sleep: async () => {}, random: () => 0.5 },
    sendMessages: async (queue, messages) => {
      const all = [...messages]
      const refused = all.filter((message) => refuses(message, queue))
      sent[queue]?.push(...all.filter((message) => !refused.includes(message)))
      return { refused }
    },
  }
  return { environment, sent, recorder, progress }
}

/** Takes one body through fan-out. Resolves to what it sent, reported and found out. */
export async function fanOut(body: unknown, { sentAt = NOW - 1000, sender = SENDER, ...given }: Given = {}) {
  const { environment, sent, recorder } = createFanOut(given)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const attributes = {
    ...{ SentTimestamp: String(sentAt), ApproximateReceiveCount: '2' },
    SenderId: sender + SESSION,
  }
  const fact = await fanOutRecord(environment, { body: text, messageId: 'm-1', attributes } as SQSRecord)
  const chunks: ResetEvent[] = (sent.reset ?? []).map((message) =>
    ResetEventSchema.parse(JSON.parse(message.body)),
  )
  const deadLetters = sent['dead-letter'] ?? []
  return { chunks, deadLetters, fact, recorder, messages: sent.reset ?? [], rehearsed: sent.rehearsed ?? [] }
}

/** So many good members. */
export const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ email_address: `m${i}@x.example` }))

/** Members as they are forwarded, if they are the only rows of their people, and the event begins with them. */
export const marked = (members: readonly object[], first = 0) =>
  members.map((row, position) => ({ ...row, row_index: first + position }))

/** An event of a source, with so many members, in a mode or without one. */
export const eventOf = (source: string, { members = 1, ...mode }: { members?: number; mode?: string } = {}) =>
  breachEvent({ source, data: { members: rows(members), ...mode } })

/** How an event ends at a stage that allows ten members: the code of its one dead letter, or the mode of each message it became. */
export async function endOf(event: unknown, sources: Sources | undefined, more: Given = {}) {
  const { chunks, deadLetters } = await fanOut(event, { sources, maxMembersPerEvent: 10, ...more })
  const [letter] = deadLetters
  if (letter) expect(chunks).toEqual([])
  return letter?.attributes?.['failure-code'] ?? chunks.map(({ data }) => data.mode)
}
