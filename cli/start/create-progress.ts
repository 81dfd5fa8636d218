import { SingleBar } from 'cli-progress'
import { createRate } from './create-rate.ts'
import { describeDuration } from './describe-duration.ts'

/** What a look at the running system shows: how many rows have an outcome, how often Stytch was called, and what is waited for. */
export type Look = { done: number; calls: number; waiting: string }

const SHORTEST_WINDOW_MS = 5000

/**
 * A progress bar of rows with an outcome, their rate, the rate of calls against the budget, and the time left. Without a
 * terminal it is a line now and then, the more rows the more seldom; the rates are of the time between two lines.
 */
export function createProgress(options: {
  title: string
  total: number
  budget: number
  stream: NodeJS.WriteStream
  look: () => Look
}): { look(): void; end(): void } {
  const { title, total, budget, stream } = options
  const everyMs = msBetweenLines(total)
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total} rows  {rows} rows/s  {calls} of ${budget} calls/s  {waiting}`,
    ...{ stream, barsize: 24, hideCursor: true, noTTYOutput: true, emptyOnZero: true, linewrap: false },
    notTTYSchedule: everyMs,
  })
  const windowMs = Math.max(SHORTEST_WINDOW_MS, everyMs)
  const rows = createRate({ windowMs, now: Date.now })
  const calls = createRate({ windowMs, now: Date.now })
  bar.start(total, 0, { rows: 0, calls: 0, waiting: '' })

  function look(): void {
    const seen = options.look()
    const done = Math.min(total, seen.done)
    const rowsPerSecond = rows(done)
    const left = rowsPerSecond > 0 ? `${describeDuration((total - done) / rowsPerSecond)} left` : ''
    bar.update(done, {
      rows: Math.round(rowsPerSecond),
      calls: Math.round(calls(seen.calls)),
      waiting: done < total ? left || seen.waiting : '',
    })
  }

  return {
    look,
    end() {
      look()
      bar.stop()
    },
  }
}

function msBetweenLines(rows: number): number {
  if (rows < 10_000) return 2000
  return rows < 100_000 ? 10_000 : 60_000
}
