import { type Html, html } from './html.ts'

type Cell = string | number | Html | undefined

/** A table that can be read aloud: with a caption, and a header for each column; the first cell of a line is its header. Numbers are aligned. */
export function table(
  caption: string | Html,
  columns: readonly string[],
  lines: Iterable<readonly Cell[]>,
): Html {
  const all = [...lines]
  const isNumber = columns.map((_, column) => all.every((cells) => isNumeric(cells[column])))
  const kind = (column: number) => (isNumber[column] && all.length > 0 ? html` class="number"` : undefined)
  const head = columns.map((name, column) => html`<th scope="col"${kind(column)}>${name}</th>`)
  const body = all.map((cells) => {
    const row = cells.map((cell, column) =>
      column === 0
        ? html`<th scope="row"${kind(column)}>${cell}</th>`
        : html`<td${kind(column)}>${typeof cell === 'number' ? grouped(cell) : cell}</td>`,
    )
    return html`<tr>${row}</tr>\n`
  })
  return html`<div class="wide" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`
}

const DURATION = /^\d+:\d\d:\d\d\.\d$/
const isNumeric = (cell: Cell) =>
  typeof cell === 'number' || (typeof cell === 'string' && DURATION.test(cell))

/** A table of names and values, without those that are not known. */
export function factTable(caption: string, facts: readonly [name: string, value: Cell][]): Html {
  const known = facts.filter(([, value]) => value !== undefined && value !== '')
  return html`<table class="facts"><caption>${caption}</caption><tbody>
${known.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}</tbody></table>`
}

/** A timestamp for a reader, in UTC and to the millisecond. */
export function moment(timestamp: string | undefined): Html | undefined {
  return timestamp === undefined
    ? undefined
    : html`<time>${new Date(timestamp).toISOString().slice(0, -1).replace('T', ' ')}</time>`
}

/** A number with its thousands apart. */
export function grouped(number: number): string {
  return number.toLocaleString('en')
}
