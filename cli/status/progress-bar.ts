import type { Writable } from 'node:stream'
import { isEnded } from '../../lib/progress/run-state.ts'
import { createBar } from '../bar.ts'
import { columnsOf } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { createRate } from '../rate.ts'
import { describeDuration } from '../times.ts'

/** Facts come once per invocation, so that a shorter window would jump. */
const WINDOW_MS = 30_000
const SILENT_MS = 30_000

/** A bar of the rows of deliveries, with rate and time left. Without a terminal it is a line at intervals. */
export function createProgressBar(stream: Writable, now: () => number) {
  const bar = createBar(stream, {
    format: '{bar} {value}/{total} rows done  {reset} reset  {pace}',
    ...{ barsize: columnsOf(stream) < 100 ? 20 : 40, everyMs: 10_000 },
  })
  let paceOf: ReturnType<typeof createPace> | undefined
  return {
    /** A row is done once its sessions have ended, too, if they are to. */
    look(deliveries: readonly (Delivery | undefined)[]): void {
      const rows = deliveries.flatMap((delivery) => delivery?.rows ?? [])
      const done = rows.filter(isEnded).length
      const reset = rows.filter(({ reset }) => reset?.kind === 'reset').length
      if (!paceOf) bar.start(rows.length, done, { reset, pace: '' })
      paceOf ??= createPace(done, now)
      bar.setTotal(rows.length)
      bar.update(done, { reset, pace: paceOf(done, rows.length) })
    },
    end: () => bar.stop(),
  }
}

/** Returns a function that says how fast it goes and how long it still takes, or how long nothing has come. */
function createPace(doneBefore: number, now: () => number): (done: number, total: number) => string {
  const rate = createRate({ windowMs: WINDOW_MS, now })
  let latest = { done: doneBefore, at: now() }
  return (done, total) => {
    const perSecond = rate(done - doneBefore)
    if (done !== latest.done) latest = { done, at: now() }
    const silentMs = now() - latest.at
    if (done >= total) return ''
    if (silentMs >= SILENT_MS) return `nothing new for ${describeDuration(silentMs / 1000)}`
    if (perSecond <= 0) return ''
    const words = perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))
    return `${words} rows/s  ${describeDuration((total - done) / perSecond)} left`
  }
}
