import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { expect, it } from 'vitest'
import { processBatch } from '../../../lib/queue/process-batch.ts'

const event = { Records: ['a', 'b', 'c'].map((messageId) => ({ messageId })) } as unknown as SQSEvent

it('reports exactly the records whose handler rejects, and tells why', async () => {
  const failures: string[] = []
  const handle = async ({ messageId }: SQSRecord) => {
    if (messageId === 'b') throw new Error('boom')
  }
  const response = await processBatch(event, handle, ({ messageId }) => failures.push(messageId))
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] })
  expect(failures).toEqual(['b'])
})

it('answers with an empty list, never with nothing, when all went well', async () => {
  expect(
    await processBatch(
      event,
      async () => {},
      () => {},
    ),
  ).toEqual({ batchItemFailures: [] })
})

it('throws when there are no records: an empty answer would pass for success', async () => {
  await expect(
    processBatch(
      {} as SQSEvent,
      async () => {},
      () => {},
    ),
  ).rejects.toThrow('no SQS records')
})
