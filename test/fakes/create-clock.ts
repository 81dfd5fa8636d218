/**
 * A clock that stands still until it is moved: `advance` moves it, `run` moves it from sleeper to sleeper until nobody sleeps. `set` sets
 * the wall clock, and `freeze` lets time pass that the monotonic clock does not see.
 */
export function createClock(start = Date.parse('2026-11-20T12:00:00Z')) {
  let time = start
  let stepped = 0
  let frozen = 0
  let sleepers: { at: number; wake: () => void }[] = []
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

  function wakeUntil(at: number): void {
    time = Math.max(time, at)
    const due = sleepers.filter((sleeper) => sleeper.at <= time)
    sleepers = sleepers.filter((sleeper) => sleeper.at > time)
    for (const { wake } of due) wake()
  }

  return {
    now: () => time + stepped,
    monotonic: () => time - start - frozen,
    sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: time + Math.max(0, ms), wake })),
    advance: (ms: number) => wakeUntil(time + ms),
    set: (byMs: number) => {
      stepped += byMs
    },
    freeze: (ms: number) => {
      frozen += ms
      wakeUntil(time + ms)
    },
    async run(): Promise<void> {
      for (await settle(); sleepers.length > 0; await settle())
        wakeUntil(Math.min(...sleepers.map(({ at }) => at)))
    },
  }
}
