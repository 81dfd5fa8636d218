/** `now`: the wall clock, which can be set. `monotonic`: only goes forward, but may stand still while Lambda has frozen the process. */
export type Clocks = { now: () => number; monotonic: () => number }

/**
 * Returns how much of the next `ms` is left, in ms. The time that has passed is what either clock says, whichever says more: so it ends
 * in time although the process was frozen or the wall clock was set back.
 */
export function countDown({ now, monotonic }: Clocks, ms: number): () => number {
  const begun = { wall: now(), steady: monotonic() }
  return () => Math.max(0, ms - Math.max(now() - begun.wall, monotonic() - begun.steady))
}
