const STEPS = 10

/**
 * Returns a function that takes the value of a growing counter and returns its growth per second over the last `windowMs`,
 * or over less at the beginning. It keeps ten values, however often it is called. `now` in ms.
 */
export function createRate({
  windowMs,
  now,
}: {
  windowMs: number
  now: () => number
}): (value: number) => number {
  const kept = [{ at: now(), value: 0 }]
  return (value) => {
    const at = now()
    const [oldest = { at, value }] = kept
    const latest = kept.at(-1)
    if (latest && at - latest.at >= windowMs / STEPS) kept.push({ at, value })
    if (kept.length > STEPS) kept.shift()
    return at > oldest.at ? ((value - oldest.value) * 1000) / (at - oldest.at) : 0
  }
}
