import type { BundleResult, ColdStartResult, HandlerResult } from './measure-variants.ts'
import { IN_FLIGHT, REFERENCE_LATENCY_MS } from './options.ts'
import type { PriceResult } from './prices.ts'
import type { EventResult } from './stack/measure-events.ts'
import type { StackResult } from './stack/measure-stack.ts'
import type { VariantName } from './variants.ts'

/** One target of the project: a ratio of this run, and on which side of `target` it should be. */
export type Target = { name: string; ratio: number; atLeast?: number; atMost?: number; met: boolean }

export type Measured = {
  handlers: readonly HandlerResult[]
  coldStarts: readonly ColdStartResult[]
  bundles: readonly BundleResult[]
  prices: readonly PriceResult[]
  stack: StackResult
}

/**
 * Sets what was measured against the targets. Handlers are compared at 50 ms, peer-b with its one call in flight; the rate budget
 * is that of the whole system, for as long as an event is under way.
 */
export function judgeTargets({ handlers, coldStarts, bundles, prices, stack }: Measured): Target[] {
  const handler = (variant: VariantName, inFlight: number) =>
    find(
      handlers,
      (one) => one.variant === variant && one.inFlight === inFlight && one.latencyMs === REFERENCE_LATENCY_MS,
    )
  const cpu = (variant: VariantName, inFlight: number) => handler(variant, inFlight).cpuMicrosPerMember.median
  const price = (variant: VariantName, inFlight: number) =>
    find(prices, (one) => one.variant === variant && one.inFlight === inFlight).dollars
  const lambda = (variant: VariantName, inFlight: number) =>
    price(variant, inFlight).lambdaTime + price(variant, inFlight).lambdaRequests
  const coldStart = (until: 'loadedMs' | 'answeredMs') => {
    const ms = (variant: VariantName) => find(coldStarts, (one) => one.variant === variant)[until].median
    return ms('breach-reset') / ms('peer-a')
  }
  const bundle = (variant: VariantName) => find(bundles, (one) => one.variant === variant).minifiedBytes

  return [
    ...IN_FLIGHT.flatMap((inFlight) => {
      const at = `${inFlight} in flight`
      const ours = cpu('breach-reset', inFlight)
      const share = handler('breach-reset', inFlight).shareOfIdeal?.median ?? Number.NaN
      return [
        atLeast(0.95, `throughput ÷ (in flight ÷ latency), ${at}`, share),
        atMost(
          1.15,
          `CPU without ledger and logs ÷ floor, ${at}`,
          cpu('breach-reset-bare', inFlight) / cpu('floor', inFlight),
        ),
        atMost(2, `CPU ÷ floor, ${at}`, ours / cpu('floor', inFlight)),
        atMost(0.5, `CPU ÷ peer-a, ${at}`, ours / cpu('peer-a', inFlight)),
        atMost(0.1, `Lambda dollars ÷ peer-b, ${at}`, lambda('breach-reset', inFlight) / lambda('peer-b', 1)),
        atMost(
          0.6,
          `all dollars ÷ peer-a, ${at}`,
          price('breach-reset', inFlight).total / price('peer-a', inFlight).total,
        ),
      ]
    }),
    ...stack.events.filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS).flatMap(judgeBudget),
    atMost(0.6, 'cold start ÷ peer-a, handler loaded', coldStart('loadedMs')),
    atMost(0.6, 'cold start ÷ peer-a, first member reset', coldStart('answeredMs')),
    atMost(0.5, 'bundle ÷ peer-a', bundle('breach-reset') / bundle('peer-a')),
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

function find<Item>(items: readonly Item[], isIt: (item: Item) => boolean): Item {
  const found = items.find(isIt)
  if (!found) throw new Error('a target asks for something that was not measured')
  return found
}

export type Machine = { node: string; cpu: string; cores: number }

/** Everything of one run of the benchmark: what `--json` prints. */
export type BenchResult = Measured & {
  machine: Machine
  rounds: number
  seconds: number
  targets: readonly Target[]
}
