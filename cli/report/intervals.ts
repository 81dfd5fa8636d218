/** How long something took for some people, in seconds; undefined for nobody. `median`: half of them took no longer. */
export type Measured = { people: number; median: number; p95: number; slowest: number }

export function measure(seconds: readonly number[]): Measured | undefined {
  if (seconds.length === 0) return undefined
  const ascending = seconds.toSorted((a, b) => a - b)
  const rank = (percent: number) => ascending[Math.ceil((percent * ascending.length) / 100) - 1] ?? 0
  return { people: ascending.length, median: rank(50), p95: rank(95), slowest: rank(100) }
}

/** From one moment to a later one, in seconds. A clock that is ahead makes nothing happen before its cause. */
export function secondsBetween(from: number, to: number): number {
  return Math.max(0, to - from) / 1000
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** Seconds in words, as exact as a reader needs: `0.4 s`, `12 s`, `1 min 30 s`, `3 d 4 h`. */
export function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(seconds < 10 ? 2 : 3))} s`
  let rest = Math.round(seconds)
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return { unit, count }
  })
  const first = parts.findIndex(({ count }) => count > 0)
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0)
  return shown.map(({ unit, count }) => `${count} ${unit}`).join(' ')
}

const STEPS = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400],
]

/** The smallest round step, in seconds, with which `parts` of them reach `longest`. */
export function roundStep(longest: number, parts: number): number {
  const step = STEPS.find((step) => step * parts >= longest)
  return step ?? 86_400 * Math.ceil(longest / 86_400 / parts)
}
