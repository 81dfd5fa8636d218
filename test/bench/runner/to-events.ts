import { randomUUID } from 'node:crypto'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { BREACH_EVENT_TYPE, type ResetEvent } from '../../../lib/contract/breach-event.ts'
import { ORGANIZATION_ID } from '../made-up.ts'

const MEMBERS_PER_RECORD = 25

/**
 * SQS events with `members` people in all, each of whom comes once in the whole benchmark: at most `perEvent` in an event,
 * in records of 25, or in one record when `oneRecord` says so.
 */
export function toEvents(
  members: number,
  { perEvent, oneRecord = false }: { perEvent: number; oneRecord?: boolean },
): SQSEvent[] {
  const everybody = Array.from({ length: members }, (_, index) => ({
    email_address: `member-${index}@${randomUUID()}.example`,
    organization_id: ORGANIZATION_ID,
  }))
  return chunk(everybody, perEvent).map((some) => ({
    Records: chunk(some, oneRecord ? perEvent : MEMBERS_PER_RECORD).map(toRecord),
  }))
}

function toRecord(members: ResetEvent['data']['members']): SQSRecord {
  const now = new Date().toISOString()
  const event: ResetEvent = {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: 'https://bench.example',
    id: randomUUID(),
    time: now,
    fence: now,
    attempts: 0,
    data: { reason: 'third_party_breach', members },
  }
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body: JSON.stringify(event),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:reset',
    awsRegion: 'us-east-1',
  }
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
