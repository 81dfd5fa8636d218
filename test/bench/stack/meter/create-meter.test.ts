import { expect, it } from 'vitest'
import { createMeter } from './create-meter.ts'

const open = () => createMeter((url) => url === 'work')
const sqs = (action: string, body: object, caller = 'FanOut0A1B2C3D') =>
  ({ service: 'sqs', action, caller, body }) as const

it('counts the requests to SQS by action, but not the sending of the producer', async () => {
  const { intercept, read } = open()
  await intercept(sqs('SendMessage', { QueueUrl: 'work' }, 'operator'))
  await intercept(sqs('ReceiveMessage', { QueueUrl: 'work' }, 'operator'))
  await intercept(sqs('SendMessage', { QueueUrl: 'work' }))
  await intercept(sqs('SendMessageBatch', { QueueUrl: 'work', Entries: [{}, {}] }))
  expect(read().sqsRequests).toEqual({ ReceiveMessage: 1, SendMessage: 1, SendMessageBatch: 1 })
})

it('counts messages to work queues only', async () => {
  const { intercept, messages } = open()
  await intercept(sqs('SendMessage', { QueueUrl: 'work' }, 'operator'))
  await intercept(sqs('SendMessageBatch', { QueueUrl: 'work', Entries: [{}, {}] }))
  await intercept(sqs('SendMessageBatch', { QueueUrl: 'letters', Entries: [{}] }))
  expect(messages()).toEqual({ sent: 3, deleted: 0 })
})

it('counts the units of requests to the ledger', async () => {
  const { intercept, read } = open()
  const Keys = [{ person: { S: 'a' } }, { person: { S: 'b' } }]
  const body = { RequestItems: { ledger: { Keys, ConsistentRead: true } } }
  await intercept({ service: 'dynamodb', action: 'BatchGetItem', caller: 'RequireReset', body })
  expect(read()).toMatchObject({ readUnits: 2, writeUnits: 0 })
})

it('counts invocations by function, each rounded up to a ms, and the messages they acknowledged', () => {
  const { onBatch, read, messages } = open()
  const batch = { acknowledged: [], failed: [], deleted: 2, records: [], startedAt: 0, endedAt: 0 }
  const functionName = 'FanOut0A1B2C3D'
  onBatch({
    ...batch,
    functionName,
    result: { kind: 'answered', payload: {}, durationMs: 1.2, initMs: 99.5 },
  })
  onBatch({ ...batch, functionName, result: { kind: 'answered', payload: {}, durationMs: 1.2 } })
  const timeout = {
    kind: 'failed',
    errorType: 'Sandbox.Timedout',
    errorMessage: '',
    durationMs: 5000.1,
  } as const
  onBatch({ ...batch, deleted: 0, functionName, result: timeout })
  onBatch({ ...batch, deleted: 0, functionName, result: { ...timeout, errorType: 'Error' } })
  expect(read().lambda).toEqual({ FanOut: { invocations: 4, timedOut: 1, billedMs: 10_006, initMs: 100 } })
  expect(messages().deleted).toBe(4)
})
