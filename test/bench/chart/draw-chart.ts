import { init } from 'echarts'
import type { BenchResult } from '../report/bench-result.ts'
import { VARIANT_NAMES, type VariantName } from '../variants/variants.ts'
import { toPanels } from './to-panels.ts'
import { toSeries } from './to-series.ts'

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

/** The result of a run as one SVG: a panel for each question, a bar for each variant. */
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
        text: 'Resetting passwords: Breach Reset beside the usual ways to write it',
        subtext: `Node ${node}, ${cores} cores of ${cpu}; rounds: ${result.rounds}, medians shown. Ratios travel to other machines, absolutes do not.`,
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
