import type { BenchResult } from '../report/bench-result.ts'
import { REFERENCE_LATENCY_MS } from '../scale.ts'
import type { VariantName } from '../variants/variants.ts'
import type { Panel } from './panel.ts'

const IN_FLIGHT = 50

/** The six questions of the chart, answered at 50 ms with 50 calls in flight; one at a time for who can do no more. */
export function toPanels({ handlers, coldStarts, bundles, prices }: BenchResult): Panel[] {
  const isShown = ({ inFlight }: { inFlight: number }) => inFlight === IN_FLIGHT || inFlight === 1
  const shown = handlers.filter((one) => isShown(one) && one.latencyMs === REFERENCE_LATENCY_MS)
  const priced = prices.filter(isShown)
  const answers = `Stytch answers after ${REFERENCE_LATENCY_MS} ms`
  const one = <Item extends { variant: VariantName }>(
    items: readonly Item[],
    measure: (item: Item) => number,
  ) => [{ name: '', values: byVariant(items, measure) }]

  return [
    {
      title: 'Members reset per second',
      subtitle: `${IN_FLIGHT} calls in flight (Middy: 1), ${answers} · more is better`,
      parts: one(shown, ({ membersPerSecond }) => membersPerSecond.median),
      decimals: 0,
    },
    {
      title: 'CPU per member',
      subtitle: 'microseconds, same load · less is better',
      parts: one(shown, ({ cpuMicrosPerMember }) => cpuMicrosPerMember.median),
      decimals: 0,
    },
    {
      title: 'Peak memory',
      subtitle: 'MB, same load · less is better',
      parts: one(shown, ({ peakRssMb }) => peakRssMb.median),
      decimals: 0,
    },
    {
      title: 'Cold start',
      subtitle: 'ms from a fresh process to the first member reset · less is better',
      parts: one(coldStarts, ({ answeredMs }) => answeredMs.median),
      decimals: 0,
    },
    {
      title: 'Bundle',
      subtitle: 'KB, minified · less is better',
      parts: one(bundles, ({ minifiedBytes }) => minifiedBytes / 1024),
      decimals: 0,
    },
    {
      title: 'Price of a million members',
      subtitle: 'US dollars at AWS list prices, same load, no rate budget · less is better',
      parts: [
        { name: 'ledger', values: byVariant(priced, ({ dollars }) => dollars.ledger) },
        { name: 'Lambda time', values: byVariant(priced, ({ dollars }) => dollars.lambdaTime) },
        {
          name: 'Lambda and SQS requests',
          values: byVariant(priced, ({ dollars }) => dollars.lambdaRequests + dollars.sqsRequests),
        },
      ],
      decimals: 3,
    },
  ]
}

function byVariant<Item extends { variant: VariantName }>(
  items: readonly Item[],
  measure: (item: Item) => number,
): Partial<Record<VariantName, number>> {
  return Object.fromEntries(items.map((item) => [item.variant, measure(item)]))
}
