import type { Spread } from '../to-spread.ts'

/** A whole number with separators. */
export function showWhole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** The median, with the lowest and the highest behind it. */
export function showSpread({ median, min, max }: Spread): string {
  return `${showWhole(median)} (${showWhole(min)}–${showWhole(max)})`
}
