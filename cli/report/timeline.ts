import { init } from 'echarts'
import type { Delivery } from '../progress/deliveries.ts'
import { type Html, html, trusted } from './html.ts'
import { endedAtOf, resetAtOf, timesOf } from './to-report.ts'

/** How many had been reset, and signed out, at each moment since the event was accepted; undefined while nobody was. */
export function timeline({ rows, accepted }: Pick<Delivery, 'rows' | 'accepted'>): Html | undefined {
  const [resets, ends] = [timesOf(rows, resetAtOf), timesOf(rows, endedAtOf)]
  const [first, ...others] = [...resets, ...ends].toSorted((a, b) => a - b)
  if (first === undefined) return undefined
  const [start, end] = [Math.min(first, accepted?.at ?? first), others.at(-1) ?? first]
  const line = (name: string, type: string, color: string, times: readonly number[]) => ({
    ...{ name, type: 'line', step: 'end', symbol: 'none', silent: true },
    ...{ itemStyle: { color }, lineStyle: { color, width: 2, type } },
    data: addUp(times, start, end),
  })
  const svg = draw([
    line('passwords reset', 'solid', 'var(--done)', resets),
    line('people signed out', 'dashed', 'var(--quiet)', ends),
  ])
  return html`<figure><figcaption>Passwords reset and people signed out, added up from when the event was accepted; times are UTC</figcaption>${trusted(svg)}</figure>\n`
}

const MAX_POINTS = 150

/** How many there are at each of the moments, or at every nth of many. */
function addUp(times: readonly number[], start: number, end: number): (readonly [number, number])[] {
  const every = Math.ceil(times.length / MAX_POINTS)
  const points = times.map((at, index) => [at, index + 1] as const)
  return [[start, 0], ...points.filter(([, count]) => count % every === 0), [end, times.length]]
}

const TEXT = { color: 'currentColor', fontSize: 13 }
/** The style sheet sets what a variable is, so that the chart follows the colours of the page. */
const LINE = { lineStyle: { color: 'var(--line)' } }

/** Draws lines as SVG without styles of its own, which the page's policy would refuse: the page's style sheet has them. */
function draw(series: readonly object[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 520, height: 230 })
  chart.setOption({
    ...{ animation: false, useUTC: true, textStyle: { fontFamily: 'sans-serif' }, series },
    grid: { left: 64, right: 24, top: 12, bottom: 58 },
    legend: { ...{ bottom: 0, selectedMode: false, itemWidth: 22, itemGap: 44 }, textStyle: TEXT },
    xAxis: {
      ...{ type: 'time', min: 'dataMin', max: 'dataMax', splitNumber: 4, axisLine: LINE },
      axisLabel: { ...TEXT, hideOverlap: true },
    },
    yAxis: {
      ...{ type: 'value', min: 0, minInterval: 1, splitNumber: 4, splitLine: LINE, axisLabel: TEXT },
    },
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
    .replace(/<style.*?<\/style>/gs, '')
    .replace(/ (?:style|class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/^<svg width="\d+" height="\d+"/, '<svg aria-hidden="true"')
}
