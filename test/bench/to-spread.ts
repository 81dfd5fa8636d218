/** Of several rounds: the middle value, and the lowest and the highest. */
export type Spread = { median: number; min: number; max: number }

/** Throws on an empty list. Between two middle values lies the median. */
export function toSpread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('there is no median of nothing')
  const sorted = [...values].sort((one, other) => one - other)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  }
}
