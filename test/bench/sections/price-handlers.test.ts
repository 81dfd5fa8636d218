import { expect, test } from 'vitest'
import { toSpread } from '../to-spread.ts'
import type { VariantName } from '../variants/variants.ts'
import type { HandlerResult } from './measure-handlers.ts'
import { priceHandlers } from './price-handlers.ts'

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
