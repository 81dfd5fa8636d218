import { type Alarm, evaluateQuery, isAlarming, type MetricStore } from '../metrics.ts'
import type { Widget } from '../read-dashboard.ts'
import { runLogsQuery } from '../run-logs-query.ts'
import { drawGraph, type Range } from './draw-graph.ts'

const COLUMN = 62
const ROW = 46
const GAP = 6

/** A dashboard as one SVG, laid out as CloudWatch's grid of 24 columns, drawn with the data of a run. */
export function drawDashboard(widgets: readonly Widget[], data: Data): string {
  const height = Math.max(...widgets.map(({ y, height }) => y + height)) * ROW
  const drawn = widgets.map((widget) => {
    const size = { width: widget.width * COLUMN - GAP, height: widget.height * ROW - GAP }
    return `<g transform="translate(${widget.x * COLUMN + GAP},${widget.y * ROW + GAP})">${drawWidget(widget, data, size)}</g>`
  })
  const width = 24 * COLUMN + GAP
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + GAP}" width="${width}" height="${height + GAP}" font-family="Helvetica, Arial, sans-serif">`,
    '<rect width="100%" height="100%" fill="#f2f3f3"/>',
    ...drawn,
    '</svg>',
  ].join('\n')
}

export type Data = {
  store: MetricStore
  lines: readonly string[]
  alarms: ReadonlyMap<string, Alarm>
  range: Range
}
type Size = { width: number; height: number }

const TITLE_HEIGHT = 26

/** A widget with its title, drawn with the data of a run, as SVG without its place. */
function drawWidget(widget: Widget, data: Data, size: Size): string {
  const frame = `<rect width="${size.width}" height="${size.height}" rx="4" fill="#fff" stroke="#d5dbdb"/>`
  const inner = { width: size.width, height: size.height - TITLE_HEIGHT }
  if (widget.type === 'text') return drawMarkdown(widget.markdown)
  const title = drawText(widget.title, { x: 10, y: 18, weight: 'bold' })
  return `${frame}${title}<g transform="translate(0,${TITLE_HEIGHT})">${drawContent(widget, data, inner)}</g>`
}

function drawContent(widget: Widget, data: Data, size: Size): string {
  if (widget.type === 'alarm') return drawAlarms(widget, data, size)
  if (widget.type === 'log') return drawTable(widget, data)
  if (widget.view === 'singleValue') return drawNumbers(widget, data, size)
  return drawGraph(widget, data.store, data.range, size)
}

function drawMarkdown(markdown: string): string {
  const lines = markdown.replaceAll('**', '').split('\n')
  return lines
    .map((line, index) => {
      const isHeading = line.startsWith('## ')
      return drawText(line.replace('## ', ''), {
        ...{ x: 4, y: 24 + index * 26, size: isHeading ? 20 : 13, weight: isHeading ? 'bold' : 'normal' },
      })
    })
    .join('')
}

function drawAlarms({ alarms: shown }: Widget, { alarms, store, range }: Data, { width }: Size): string {
  const perRow = 6
  return shown
    .map((id, index) => {
      const alarm = alarms.get(id)
      const isOn = alarm !== undefined && isAlarming(alarm, store, range.to)
      const [x, y] = [10 + ((index % perRow) * (width - 20)) / perRow, 2 + Math.floor(index / perRow) * 32]
      const color = isOn ? '#d62728' : '#2ca02c'
      const box = `<rect x="${x}" y="${y}" width="${(width - 20) / perRow - 8}" height="28" rx="3" fill="${color}"/>`
      return (
        box + drawText(id, { x: x + 8, y: y + 18, size: 12, color: '#fff', weight: isOn ? 'bold' : 'normal' })
      )
    })
    .join('')
}

function drawNumbers({ series }: Widget, { store, range }: Data, { width }: Size): string {
  return series
    .map(({ label, color = '#16191f', query, others }, index) => {
      const long = (one: typeof query) => ({ ...one, periodMs: range.to - range.from })
      const value = evaluateQuery(long(query), others.map(long), store, range.to)
      const x = 14 + (index * (width - 20)) / series.length
      const number = drawText(value === undefined ? '--' : value.toLocaleString('en'), {
        ...{ x, y: 52, size: 40, color },
      })
      return number + drawText(label, { x, y: 80, size: 12 })
    })
    .join('')
}

function drawTable({ query }: Widget, { lines }: Data): string {
  const columns = { outcome: 10, code: 150, lines: 400, message: 470 }
  const rows = [
    { outcome: 'outcome', code: 'code', lines: 'lines', message: 'message' },
    ...runLogsQuery(query, lines),
  ]
  return rows
    .flatMap((row, index) =>
      Object.entries(columns).map(([column, x]) =>
        drawText(String(row[column as 'code'] ?? ''), {
          ...{ x, y: 16 + index * 19, size: 12, weight: index === 0 ? 'bold' : 'normal' },
        }),
      ),
    )
    .join('')
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** A line of text in SVG, at `x`, `y` (its baseline, in pixels). */
function drawText(
  text: string,
  place: { x: number; y: number; size?: number; color?: string; weight?: 'normal' | 'bold' },
): string {
  const { x, y, size = 13, color = '#16191f', weight = 'normal' } = place
  const escaped = text.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? '')
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${color}">${escaped}</text>`
}
