import type { BundleResult, ColdStartResult, HandlerResult } from './measure-variants.ts'
import { IN_FLIGHT, REFERENCE_LATENCY_MS } from './options.ts'
import type { PriceResult } from './prices.ts'
import type { EventResult } from './stack/measure-events.ts'
import type { StackResult } from './stack/measure-stack.ts'
import type { VariantName } from './variants.ts'

/** One target of the project: a ratio of this run, the bound that it should keep, and whether it does. */
export type Target = { name: string; ratio: number; atLeast?: number; atMost?: number; met: boolean }

/** Everything that a run measures. */
export type Measured = {
  handlers: readonly HandlerResult[]
  coldStarts: readonly ColdStartResult[]
  bundles: readonly BundleResult[]
  prices: readonly PriceResult[]
  stack: StackResult
}

/**
 * Compares what was measured with the targets. Handlers are compared at 50 ms, peer-b with its one call in flight; the rate budget
 * is that of the whole system while an event is being processed. Throws when something that a target needs was not measured.
 */
export function judgeTargets(measured: Measured): Target[] {
  const { coldStarts, bundles, stack } = measured
  const coldStart = (until: 'loadedMs' | 'answeredMs') => {
    const ms = (variant: VariantName) => find(coldStarts, (one) => one.variant === variant)[until].median
    return ms('breach-reset') / ms('peer-a')
  }
  const bytes = (variant: VariantName) => find(bundles, (one) => one.variant === variant).minifiedBytes
  return [
    ...IN_FLIGHT.flatMap((inFlight) => judgeHandlers(measured, inFlight)),
    ...stack.events.filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS).flatMap(judgeBudget),
    atMost(0.6, 'cold start ÷ peer-a, handler loaded', coldStart('loadedMs')),
    atMost(0.6, 'cold start ÷ peer-a, first member reset', coldStart('answeredMs')),
    atMost(0.5, 'bundle ÷ peer-a', bytes('breach-reset') / bytes('peer-a')),
  ]
}

function judgeHandlers({ handlers, prices }: Measured, inFlight: number): Target[] {
  const handler = (variant: VariantName) =>
    find(
      handlers,
      (one) => one.variant === variant && one.inFlight === inFlight && one.latencyMs === REFERENCE_LATENCY_MS,
    )
  const cpu = (variant: VariantName) => handler(variant).cpuMicrosPerMember.median
  const dollars = (variant: VariantName, calls = inFlight) =>
    find(prices, (one) => one.variant === variant && one.inFlight === calls).dollars
  const lambda = (variant: VariantName, calls = inFlight) => {
    const { lambdaTime, lambdaRequests } = dollars(variant, calls)
    return lambdaTime + lambdaRequests
  }
  const ours = cpu('breach-reset')
  const share = handler('breach-reset').shareOfIdeal?.median ?? Number.NaN
  const total = dollars('breach-reset').total / dollars('peer-a').total
  const at = `${inFlight} in flight`
  return [
    atLeast(0.95, `throughput ÷ (in flight ÷ latency), ${at}`, share),
    atMost(1.15, `CPU without ledger and logs ÷ floor, ${at}`, cpu('breach-reset-bare') / cpu('floor')),
    atMost(2, `CPU ÷ floor, ${at}`, ours / cpu('floor')),
    atMost(0.5, `CPU ÷ peer-a, ${at}`, ours / cpu('peer-a')),
    atMost(0.1, `Lambda dollars ÷ peer-b, ${at}`, lambda('breach-reset') / lambda('peer-b', 1)),
    atMost(0.6, `all dollars ÷ peer-a, ${at}`, total),
  ]
}

function judgeBudget({ stageName, budget, runs }: EventResult): Target[] {
  return runs.flatMap(({ cold, perSecond, busiestSecond }) => {
    const at = `${stageName}, ${cold ? 'cold' : 'warm'}`
    return [
      atLeast(0.95, `calls per second ÷ rate budget, ${at}`, perSecond / budget),
      atMost(1, `calls of the busiest second ÷ rate budget, ${at}`, busiestSecond / budget),
    ]
  })
}

function atLeast(least: number, name: string, ratio: number): Target {
  return { name, ratio, atLeast: least, met: ratio >= least }
}

function atMost(most: number, name: string, ratio: number): Target {
  return { name, ratio, atMost: most, met: ratio <= most }
}

function find<Item>(items: readonly Item[], matches: (item: Item) => boolean): Item {
  const found = items.find(matches)
  if (!found) throw new Error('a target needs something that was not measured')
  return found
}
