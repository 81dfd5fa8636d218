import type { Widget } from '../read-dashboard.ts'
import { type Data, drawWidget } from './draw-widget.ts'

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
