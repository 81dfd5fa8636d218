import { expect, test } from 'vitest'
import { stages } from '../fixtures/stages.ts'
import { toSpread } from './figures.ts'
import type { HandlerResult } from './measure-variants.ts'
import { priceHandlers, toDollars, usePerMember } from './prices.ts'
import type { VariantName } from './variants.ts'

const spread = (value: number) => toSpread([value])

function handler(variant: VariantName, latencyMs = 50): HandlerResult {
  return {
    ...{ variant, latencyMs, inFlight: 10, membersPerSecond: spread(186.4), cpuMicrosPerMember: spread(500) },
    peakRssMb: spread(206),
    perMember: {
      ...{ stytchCalls: spread(1), dynamoDbRequests: spread(0.2) },
      ...{ writeUnits: spread(1), readUnits: spread(0.5) },
    },
  }
}

test('adds up what each unit costs, for a million members', () => {
  const use = { lambdaGbSeconds: 5, lambdaRequests: 10, sqsRequests: 20, writeUnits: 100, readUnits: 200 }
  const { total, ...parts } = toDollars(use, 100)
  expect(parts.lambdaTime).toBeCloseTo(5 * 0.133334, 6)
  expect(parts.lambdaRequests).toBeCloseTo(0.02, 6)
  expect(parts.sqsRequests).toBeCloseTo(0.08, 6)
  expect(parts.ledger).toBeCloseTo(0.625 + 0.25, 6)
  expect(total).toBeCloseTo(parts.lambdaTime + parts.lambdaRequests + parts.sqsRequests + parts.ledger, 6)
})

test('cuts our messages to three seconds of calls in ten records, and gives the peers all members in one', () => {
  const handlers = [handler('breach-reset'), handler('peer-a'), handler('peer-a', 200)]
  const prices = priceHandlers(handlers, stages.prod)
  expect(prices.map(({ variant, membersPerMessage }) => [variant, membersPerMessage])).toEqual([
    ['breach-reset', 55],
    ['peer-a', 500],
  ])
})

test('prices the smallest memory of which a fifth stays free', () => {
  expect(priceHandlers([handler('floor')], stages.prod)[0]?.memoryMb).toBe(512)
})

const delivery = { membersPerMessage: 25, recordsPerBatch: 5 }
const waiting = { ...handler('floor'), membersPerSecond: spread(1000), cpuMicrosPerMember: spread(300) }

test('bills the waiting where there is enough CPU', () => {
  expect(usePerMember(waiting, 1024, delivery).lambdaGbSeconds).toBeCloseTo(0.001, 9)
})

test('bills the computing where the share of a core is too small for the rate', () => {
  const share = 128 / 1769
  expect(usePerMember(waiting, 128, delivery).lambdaGbSeconds).toBeCloseTo((300e-6 / share) * 0.125, 9)
})

test('counts an invocation per batch, and a tenth of a send, a receive and a delete for each message', () => {
  const { lambdaRequests, sqsRequests } = usePerMember(waiting, 512, delivery)
  expect(lambdaRequests).toBeCloseTo(1 / 125, 9)
  expect(sqsRequests).toBeCloseTo((1 / 25) * (0.1 + 0.2 + 0.2), 9)
})

test('takes the units of the ledger as measured', () => {
  expect(usePerMember(waiting, 512, delivery)).toMatchObject({ writeUnits: 1, readUnits: 0.5 })
})
