const STEPS = 10

/**
 * Returns what takes a counter's value, which grows, and gives its growth per second over the last `windowMs`; over less
 * in the beginning. It keeps ten values, however often it is asked. `now` in ms.
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
