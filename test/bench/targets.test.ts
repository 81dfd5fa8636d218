import { expect, test } from 'vitest'
import type { Spread } from './figures.ts'
import type { HandlerResult } from './measure-variants.ts'
import type { EventResult } from './stack/measure-events.ts'
import { judgeTargets, type Measured } from './targets.ts'
import type { VariantName } from './variants.ts'

const spread = (median: number): Spread => ({ median, min: 0, max: 9999 })
const CPU = { 'breach-reset': 400, 'breach-reset-bare': 230, 'peer-a': 900, 'peer-b': 600, floor: 200 }
const VARIANTS = Object.keys(CPU) as VariantName[]

function handler(variant: VariantName, inFlight: number, latencyMs: number): HandlerResult {
  const share = variant === 'breach-reset' && latencyMs === 50 && inFlight === 10 ? 0.94 : 0.95
  return {
    ...{ variant, inFlight, latencyMs, membersPerSecond: spread(1), peakRssMb: spread(100) },
    shareOfIdeal: spread(share),
    cpuMicrosPerMember: spread(latencyMs === 50 ? CPU[variant] : 1),
    perMember: {
      ...{ stytchCalls: spread(1), dynamoDbRequests: spread(1) },
      ...{ writeUnits: spread(1), readUnits: spread(1) },
    },
  }
}

const dollarsOf = (variant: VariantName) => ({
  lambdaTime: variant === 'peer-b' ? 10 : 0.9,
  lambdaRequests: variant === 'peer-b' ? 0 : 0.1,
  ...{ sqsRequests: 0, ledger: 0, total: variant === 'peer-a' ? 2 : 1 },
})
const loads = VARIANTS.flatMap((variant) =>
  (variant === 'peer-b' ? [1] : [10, 50]).map((inFlight) => ({ variant, inFlight })),
)
const event = (latencyMs: number): EventResult => ({
  ...{ stageName: 'prod', budget: 50, latencyMs, members: 500 },
  runs: [
    {
      ...{ cold: true, seconds: 10, ofIdeal: 1, calls: 500, perSecond: 47.5, throttled: 0 },
      ...{ busiestSecond: 51, beyondBudget: 1 },
      usage: { lambda: {}, sqsRequests: {}, writeUnits: 0, readUnits: 0 },
      dollarsPerMillion: { lambda: 0, sqs: 0, ledger: 0, total: 0 },
    },
  ],
})
const measured: Measured = {
  handlers: loads.flatMap(({ variant, inFlight }) => [0, 50].map((ms) => handler(variant, inFlight, ms))),
  coldStarts: VARIANTS.map((variant) => ({
    ...{ variant, loadedMs: spread(variant === 'peer-a' ? 100 : 60) },
    answeredMs: spread(variant === 'peer-a' ? 200 : 130),
  })),
  bundles: VARIANTS.map((variant) => ({
    ...{ variant, gzipBytes: 1 },
    minifiedBytes: variant === 'peer-a' ? 1000 : 500,
  })),
  prices: loads.map((load) => ({
    ...{ ...load, memoryMb: 512, membersPerMessage: 500, lambdaTimeByMemory: {} },
    dollars: dollarsOf(load.variant),
  })),
  stack: { events: [50, 200].map(event), giants: [], streams: [], peers: [], memory: [], sessions: [] },
}

test('compares the medians at 50 ms, and counts a ratio on the line as met', () => {
  const targets = judgeTargets(measured).map(({ name, ratio, met }) => [name, ratio, met])
  expect(targets).toEqual([
    ['throughput ÷ (in flight ÷ latency), 10 in flight', 0.94, false],
    ['CPU without ledger and logs ÷ floor, 10 in flight', 1.15, true],
    ['CPU ÷ floor, 10 in flight', 2, true],
    ['CPU ÷ peer-a, 10 in flight', 4 / 9, true],
    ['Lambda dollars ÷ peer-b, 10 in flight', 0.1, true],
    ['all dollars ÷ peer-a, 10 in flight', 0.5, true],
    ['throughput ÷ (in flight ÷ latency), 50 in flight', 0.95, true],
    ['CPU without ledger and logs ÷ floor, 50 in flight', 1.15, true],
    ['CPU ÷ floor, 50 in flight', 2, true],
    ['CPU ÷ peer-a, 50 in flight', 4 / 9, true],
    ['Lambda dollars ÷ peer-b, 50 in flight', 0.1, true],
    ['all dollars ÷ peer-a, 50 in flight', 0.5, true],
    ['calls per second ÷ rate budget, prod, cold', 0.95, true],
    ['calls of the busiest second ÷ rate budget, prod, cold', 1.02, false],
    ['cold start ÷ peer-a, handler loaded', 0.6, true],
    ['cold start ÷ peer-a, first member reset', 0.65, false],
    ['bundle ÷ peer-a', 0.5, true],
  ])
})

test('throws when something was not measured', () => {
  expect(() => judgeTargets({ ...measured, bundles: [] })).toThrow('not measured')
})
