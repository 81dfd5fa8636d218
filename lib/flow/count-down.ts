/** `now`: the wall clock, which can be set. `monotonic`: only goes forward, but may stand still while Lambda has frozen the process. */
export type Clocks = { now: () => number; monotonic: () => number }

/**
 * Returns how much of the next `ms` is left, in ms. Since it was last asked, as much time has passed as either clock says, whichever says
 * more: so it ends in time although the process was frozen or the wall clock was set back.
 */
export function countDown({ now, monotonic }: Clocks, ms: number): () => number {
  let left = ms
  let asked = { wall: now(), steady: monotonic() }
  return () => {
    const asking = { wall: now(), steady: monotonic() }
    left = Math.max(0, left - Math.max(asking.wall - asked.wall, asking.steady - asked.steady))
    asked = asking
    return left
  }
}
