import type { SQSRecord } from 'aws-lambda'
import { expect, it } from 'vitest'
import { splitByPayload, toSqsRecord } from '../../../../infra/local/lambda/event-source-mapping.ts'

const MIB = 1024 * 1024

function record(Body: string): SQSRecord {
  const Attributes = {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1',
    SenderId: 'x',
    ApproximateFirstReceiveTimestamp: '1',
  }
  return toSqsRecord(
    { MessageId: 'm', ReceiptHandle: 'r', Body, MD5OfBody: '5', Attributes },
    'arn:aws:sqs:r:1:q',
  )
}

const payloadBytes = (Records: SQSRecord[]) => Buffer.byteLength(JSON.stringify({ Records }))

it('leaves a batch that fits as it is, and makes no invocation of an empty one', () => {
  const records = [record('a'), record('b')]
  expect(splitByPayload(records)).toEqual([records])
  expect(splitByPayload([])).toEqual([])
})

it.each([
  { of: 'plain', body: 'x'.repeat(MIB), sizes: [5, 5] },
  { of: 'multi-byte', body: 'é'.repeat(MIB / 2), sizes: [5, 5] },
  { of: 'escaped', body: '"'.repeat(MIB), sizes: [2, 2, 2, 2, 2] },
])('keeps every payload of ten 1 MiB $of bodies within 6 MB, in order', ({ body, sizes }) => {
  const records = Array.from({ length: 10 }, () => record(body))
  const batches = splitByPayload(records)
  expect(batches.map(({ length }) => length)).toEqual(sizes)
  expect(batches.flat()).toEqual(records)
  expect(Math.max(...batches.map(payloadBytes))).toBeLessThanOrEqual(6 * MIB)
})

it('fills a payload to the last byte but one', () => {
  const room = 6 * MIB - payloadBytes([record(''), record('')])
  expect(splitByPayload([record('x'.repeat(room - 1)), record('')])).toHaveLength(1)
  expect(splitByPayload([record('x'.repeat(room + 1)), record('')])).toHaveLength(2)
})
