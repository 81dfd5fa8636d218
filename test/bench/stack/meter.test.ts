import { expect, it } from 'vitest'
import { createMeter, findLastReset, judgeCalls, priceUsage, usageSince } from './meter.ts'

const open = () => createMeter((url) => url === 'work')
const sqs = (action: string, body: object, caller = 'FanOut0A1B2C3D') =>
  ({ service: 'sqs', action, caller, body }) as const

it('counts the requests to SQS by action, but not what the producer sends', async () => {
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
  await intercept(sqs('SendMessageBatch', { QueueUrl: 'dead-letter', Entries: [{}] }))
  expect(messages()).toEqual({ sent: 3, deleted: 0 })
})

it('counts the units of requests to the ledger', async () => {
  const { intercept, read } = open()
  const Keys = [{ person: { S: 'a' } }, { person: { S: 'b' } }]
  const body = { RequestItems: { ledger: { Keys, ConsistentRead: true } } }
  await intercept({ service: 'dynamodb', action: 'BatchGetItem', caller: 'RequireReset', body })
  expect(read()).toMatchObject({ readUnits: 2, writeUnits: 0 })
})

it('counts invocations by function, each rounded up to a full ms, and the messages they acknowledged', () => {
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

it('returns what was used between two readings, including functions that only the second one has', () => {
  const earlier = {
    sqsRequests: { SendMessageBatch: 2 },
    writeUnits: 10,
    readUnits: 5,
    lambda: { FanOut: { invocations: 1, timedOut: 0, billedMs: 100, initMs: 200 } },
  }
  const later = {
    sqsRequests: { SendMessageBatch: 5, ReceiveMessage: 1 },
    writeUnits: 30,
    readUnits: 5,
    lambda: {
      FanOut: { invocations: 3, timedOut: 0, billedMs: 150, initMs: 200 },
      RequireReset: { invocations: 2, timedOut: 1, billedMs: 70, initMs: 9 },
    },
  }
  expect(usageSince(earlier, later)).toEqual({
    sqsRequests: { SendMessageBatch: 3, ReceiveMessage: 1 },
    writeUnits: 20,
    readUnits: 0,
    lambda: {
      FanOut: { invocations: 2, timedOut: 0, billedMs: 50, initMs: 0 },
      RequireReset: { invocations: 2, timedOut: 1, billedMs: 70, initMs: 9 },
    },
  })
})

const call = (at: number, status = 200) => ({ at, status, email: '', effect: 'none' as const, requestId: '' })

it('finds the busiest second wherever it begins, and its calls over the budget', () => {
  const calls = [call(0), call(900), call(950, 429), call(1899), call(1900)]
  expect(judgeCalls(calls, 2)).toEqual({
    ...{ calls: 5, perSecond: 4 / 1.9, busiestSecond: 3, beyondBudget: 1, throttled: 1 },
  })
})

it('finds no calls over a budget that is kept', () => {
  expect(judgeCalls([call(0), call(1000)], 2)).toMatchObject({ busiestSecond: 1, beyondBudget: 0 })
})

it('prices requests, billed time at the memory size, and ledger units, for a million members', () => {
  const usage = {
    sqsRequests: { SendMessageBatch: 10, ReceiveMessage: 10 },
    writeUnits: 100,
    readUnits: 200,
    lambda: {
      FanOut: { invocations: 1, timedOut: 0, billedMs: 500, initMs: 500 },
      RequireReset: { invocations: 4, timedOut: 0, billedMs: 9000, initMs: 0 },
    },
  }
  const dollars = priceUsage(usage, 100, 512)
  expect(dollars.lambda).toBeCloseTo(5 * 0.002 + 5 * 0.133334, 6)
  expect(dollars.sqs).toBeCloseTo(0.08, 6)
  expect(dollars.ledger).toBeCloseTo(0.625 + 0.25, 6)
  expect(dollars.total).toBeCloseTo(dollars.lambda + dollars.sqs + dollars.ledger, 6)
})

const callOf = (email: string, at: number, effect: 'deleted' | 'none' = 'deleted') =>
  ({ email, at, effect, status: 200, requestId: '' }) as const
const people = new Set(['ada', 'bob'])

it('finds the first reset of the member who was reset last', () => {
  expect(
    findLastReset([callOf('ada', 1), callOf('bob', 2), callOf('eve', 3), callOf('ada', 4)], people),
  ).toBe(2)
})

it('finds no last reset while a member has not been reset', () => {
  expect(findLastReset([callOf('ada', 1), callOf('bob', 2, 'none')], people)).toBeUndefined()
})
