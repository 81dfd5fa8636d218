import { expect, it } from 'vitest'
import { toDollars } from './to-dollars.ts'

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
  const dollars = toDollars(usage, 100, 512)
  expect(dollars.lambda).toBeCloseTo(5 * 0.002 + 5 * 0.133334, 6)
  expect(dollars.sqs).toBeCloseTo(0.08, 6)
  expect(dollars.ledger).toBeCloseTo(0.625 + 0.25, 6)
  expect(dollars.total).toBeCloseTo(dollars.lambda + dollars.sqs + dollars.ledger, 6)
})
