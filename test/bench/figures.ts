/** The median, the lowest and the highest value of several rounds. */
export type Spread = { median: number; min: number; max: number }

/** Summarizes the values. The median of an even number is halfway between the two in the middle. Throws a RangeError on an empty list. */
export function toSpread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('an empty list has no median')
  const sorted = [...values].sort((one, other) => one - other)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}

/** Formats a number as a whole one with thousands separators. */
export function showWhole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Formats the median, followed by the lowest and the highest value. */
export function showSpread({ median, min, max }: Spread): string {
  return `${showWhole(median)} (${showWhole(min)}–${showWhole(max)})`
}

/** Formats rows of cells as lines: the first column aligned to the left, the others to the right. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)]
    .map((text) => `  ${text.trimEnd()}`)
    .join('\n')
}
