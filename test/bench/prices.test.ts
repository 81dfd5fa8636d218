import { expect, test } from 'vitest'
import { toSpread } from './figures.ts'
import type { HandlerResult } from './measure-variants.ts'
import { priceHandlers, toDollars } from './prices.ts'
import type { VariantName } from './variants.ts'

const spread = (value: number) => toSpread([value])

function handler(variant: VariantName, latencyMs: number): HandlerResult {
  return {
    ...{ variant, latencyMs, inFlight: 10, membersPerSecond: spread(186.4), cpuMicrosPerMember: spread(500) },
    peakRssMb: spread(206),
    perMember: {
      ...{ stytchCalls: spread(1), dynamoDbRequests: spread(0.2) },
      ...{ writeUnits: spread(1), readUnits: spread(1) },
    },
  }
}

test('prices our messages as three seconds of calls in ten records, and the peers with everybody in one', () => {
  const prices = priceHandlers([handler('breach-reset', 50), handler('peer-a', 50), handler('peer-a', 200)])
  expect(prices.map(({ variant, membersPerMessage }) => [variant, membersPerMessage])).toEqual([
    ['breach-reset', 55],
    ['peer-a', 500],
  ])
})

test('takes the smallest memory of which a fifth stays free', () => {
  expect(priceHandlers([handler('floor', 50)])[0]?.memoryMb).toBe(512)
})

const waiting = { wallSeconds: 0.05 / 50, cpuSeconds: 300e-6, writeUnits: 1, readUnits: 0.5 }
const delivery = { membersPerMessage: 25, recordsPerBatch: 5 }

test('bills the waiting where there is CPU enough', () => {
  expect(toDollars(waiting, 1024, delivery).lambdaTime).toBeCloseTo(0.001 * 13.3334, 6)
})

test('bills the computing where the share of a core is too small for the rate', () => {
  const share = 128 / 1769
  expect(toDollars(waiting, 128, delivery).lambdaTime).toBeCloseTo((300e-6 / share) * 0.125 * 13.3334, 6)
})

test('counts an invocation per batch, and a tenth of a send, a receive and a delete for each message', () => {
  const { lambdaRequests, sqsRequests } = toDollars(waiting, 512, delivery)
  expect(lambdaRequests).toBeCloseTo((1 / 125) * 0.2, 6)
  expect(sqsRequests).toBeCloseTo((1 / 25) * (0.1 + 0.2 + 0.2) * 0.4, 6)
})

test('adds the units of the ledger, and everything up', () => {
  const { ledger, total, ...others } = toDollars(waiting, 512, delivery)
  expect(ledger).toBeCloseTo(0.625 + 0.5 * 0.125, 6)
  expect(total).toBeCloseTo(ledger + others.lambdaTime + others.lambdaRequests + others.sqsRequests, 6)
})
