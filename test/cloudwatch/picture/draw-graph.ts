import { init } from 'echarts'
import { evaluateQuery, type MetricStore } from '../metrics.ts'
import type { Widget } from '../read-dashboard.ts'

/** What a picture shows: from when to when, in steps that stand for the dashboard's periods (ms). */
export type Range = { from: number; to: number; stepMs: number }

/** A graph widget as an SVG of the given size in pixels. */
export function drawGraph(
  widget: Widget,
  store: MetricStore,
  { from, to, stepMs }: Range,
  size: { width: number; height: number },
): string {
  const ends = Array.from(
    { length: Math.ceil((to - from) / stepMs) },
    (_, index) => from + (index + 1) * stepMs,
  )
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    legend: { bottom: 0, icon: 'roundRect', itemHeight: 8, itemWidth: 12, textStyle: { fontSize: 10 } },
    grid: { left: 48, right: 16, top: 12, bottom: 62 },
    xAxis: { type: 'time', min: from, max: to, axisLabel: { fontSize: 10, hideOverlap: true } },
    yAxis: { type: 'value', min: 0, axisLabel: { fontSize: 10 }, splitNumber: 4 },
    series: [
      ...widget.series.map(({ label, color, query, others }) => {
        const short = (one: typeof query) => ({ ...one, periodMs: stepMs })
        return {
          ...{ type: 'line', name: label, symbol: 'circle', symbolSize: 3, connectNulls: false },
          ...(widget.stacked && { stack: 'all', areaStyle: { opacity: 0.6 }, lineStyle: { width: 0 } }),
          ...(color && { color }),
          data: ends.map((end) => {
            const value = evaluateQuery(short(query), others.map(short), store, end)
            return [end, value ?? (widget.stacked ? 0 : null)]
          }),
        }
      }),
      ...widget.annotations.horizontal.map(({ value, label }) => ({
        ...{ type: 'line', name: label, symbol: 'none', color: '#d62728', lineStyle: { type: 'dashed' } },
        data: [
          [from, value],
          [to, value],
        ],
      })),
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
