import { init } from 'echarts'
import { REFERENCE_LATENCY_MS } from './options.ts'
import type { BenchResult } from './report.ts'
import { VARIANT_NAMES, type VariantName } from './variants.ts'

const NAMES: Record<VariantName, string> = {
  'breach-reset': 'Breach Reset',
  'breach-reset-bare': 'Breach Reset without\nledger, logs, metrics',
  'peer-a': 'Powertools +\nStytch SDK',
  'peer-b': 'Middy + Stytch SDK,\none by one, no ledger',
  floor: 'bare node:https',
}
const COLUMNS = 2
const WIDTH = 560
const HEIGHT = 290
const TOP = 64
const MARGIN = { left: 148, right: 64, top: 52, bottom: 34 }

/** Draws the result of a run as one SVG, with a panel for each question and a bar for each variant. */
export function drawChart(result: BenchResult): string {
  const panels = toPanels(result)
  const size = { width: COLUMNS * WIDTH, height: TOP + Math.ceil(panels.length / COLUMNS) * HEIGHT }
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  const { node, cpu, cores } = result.machine
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: [
      {
        text: 'Resetting passwords: Breach Reset compared with the usual ways to write it',
        subtext: `Node ${node}, ${cores} cores of ${cpu}; rounds: ${result.rounds}, medians shown. Ratios hold on other machines, absolute numbers do not.`,
        ...{ left: 16, top: 10, itemGap: 6, textStyle: { fontSize: 18 }, subtextStyle: { fontSize: 12 } },
      },
      ...panels.map(({ title, subtitle }, index) => ({
        text: title,
        subtext: subtitle,
        ...{ left: placeOf(index).x + 16, top: placeOf(index).y + 4, itemGap: 4 },
        ...{ textStyle: { fontSize: 14 }, subtextStyle: { fontSize: 11 } },
      })),
    ],
    legend: {
      data: panels.flatMap(({ parts }) => parts.map(({ name }) => name)).filter(Boolean),
      ...{ right: MARGIN.right, bottom: 8, icon: 'rect', itemWidth: 12, itemHeight: 10, itemGap: 28 },
      selectedMode: false,
    },
    grid: panels.map((_, index) => ({
      left: placeOf(index).x + MARGIN.left,
      top: placeOf(index).y + MARGIN.top,
      width: WIDTH - MARGIN.left - MARGIN.right,
      height: HEIGHT - MARGIN.top - MARGIN.bottom,
    })),
    xAxis: panels.map((_, gridIndex) => ({ gridIndex, type: 'value', min: 0, show: false })),
    yAxis: panels.map((_, gridIndex) => ({
      ...{ gridIndex, type: 'category', inverse: true, data: VARIANT_NAMES.map((name) => NAMES[name]) },
      ...{ axisTick: { show: false }, axisLabel: { fontSize: 11, lineHeight: 13, color: '#333' } },
    })),
    series: panels.flatMap(toSeries),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

function placeOf(index: number): { x: number; y: number } {
  return { x: (index % COLUMNS) * WIDTH, y: TOP + Math.floor(index / COLUMNS) * HEIGHT }
}

const IN_FLIGHT = 50

/** The six questions of the chart, at 50 ms with 50 calls in flight, or with one for the variant that makes one at a time. */
function toPanels({ handlers, coldStarts, bundles, prices }: BenchResult): Panel[] {
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

/** One question of the chart. The bar of each variant has one part, or several that add up. */
type Panel = {
  title: string
  /** The unit, and whether more or less is better. */
  subtitle: string
  parts: { name: string; values: Partial<Record<VariantName, number>> }[]
  decimals: number
}

const COLORS: Record<VariantName, string> = {
  'breach-reset': '#1b7837',
  'breach-reset-bare': '#7fbf7b',
  'peer-a': '#d95f02',
  'peer-b': '#f2a65a',
  floor: '#9aa0a6',
}
const PART_COLORS = ['#5e4fa2', '#3288bd', '#abdda4']

/** The series of a panel, for the axes with its index: the parts of the bars, and an empty one that carries the sum as its label. */
function toSeries({ parts, decimals }: Panel, index: number) {
  const bars = { type: 'bar', stack: String(index), xAxisIndex: index, yAxisIndex: index, barWidth: 22 }
  const sumOf = (variant: VariantName) => parts.reduce((sum, { values }) => sum + (values[variant] ?? 0), 0)
  return [
    ...parts.map(({ name, values }, part) => ({
      ...bars,
      ...(name && { name, itemStyle: { color: PART_COLORS[part] } }),
      data: VARIANT_NAMES.map((variant) => ({
        value: values[variant] ?? 0,
        ...(!name && { itemStyle: { color: COLORS[variant] } }),
      })),
    })),
    {
      ...bars,
      data: VARIANT_NAMES.map((variant) => ({
        value: 0,
        label: {
          ...{ show: true, position: 'right', fontSize: 12, fontWeight: 'bold', color: '#333' },
          formatter: sumOf(variant).toLocaleString('en', {
            minimumFractionDigits: decimals,
            maximumFractionDigits: decimals,
          }),
        },
      })),
    },
  ]
}
