import type { LocalSystem } from '../../infra/local/local-system.ts'
import { createBar } from '../bar.ts'
import { createRate } from '../rate.ts'
import { describeDuration } from '../times.ts'
import type { Progress } from './deliveries.ts'
import type { LogWatch } from './log-watch.ts'

/** Returns a function that shows the progress of one delivery, or nothing when `quiet`. `budget`: calls per second. */
export function toOnDelivery(
  system: LocalSystem,
  logs: Pick<LogWatch, 'outcomes'>,
  { budget, quiet }: { budget: number; quiet: boolean },
): (title: string, rows: number) => Progress {
  return (title, total) => {
    if (quiet) return { look: () => {}, end: () => {} }
    const earlier = { outcomes: logs.outcomes(), calls: system.stytch.calls().length }
    return createProgress({
      ...{ title, total, budget, stream: process.stdout },
      look: () => ({
        done: logs.outcomes() - earlier.outcomes,
        calls: system.stytch.calls().length - earlier.calls,
        waiting: describeWaiting(system),
      }),
    })
  }
}

/** The state of the running system: rows with an outcome, calls to Stytch so far, and what the system is waiting for. */
type Look = { done: number; calls: number; waiting: string }

const MIN_WINDOW_MS = 5000

/**
 * A progress bar of rows with an outcome, their rate, the rate of calls against the budget, and the time left. Without a
 * terminal it prints a line at intervals, longer ones for more rows; the rates then cover the time between two lines.
 */
function createProgress(options: {
  title: string
  total: number
  budget: number
  stream: NodeJS.WriteStream
  look: () => Look
}): Progress {
  const { title, total, budget, stream } = options
  const everyMs = msBetweenLines(total)
  const bar = createBar(stream, {
    // A million rows fit into 80 columns, with the time left.
    format: `${title} {bar} {value}/{total} rows  {rows}/s  {calls}/${budget} calls/s  {waiting}`,
    ...{ barsize: 12, everyMs },
  })
  const windowMs = Math.max(MIN_WINDOW_MS, everyMs)
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
      waiting: done < total ? left || seen.waiting : seen.waiting,
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

/** What the system is waiting for when nothing moves: a delayed remainder, or the visibility timeout after a crash. */
function describeWaiting({ inspector, queues, functions }: LocalSystem): string {
  const { delayed, inFlight } = inspector.depth(queues.reset.url)
  if (delayed > 0) return 'waiting for a delayed retry'
  if (inFlight > 0 && functions.requireReset.running() === 0) return 'waiting for the visibility timeout'
  const sessions = queues.sessions && inspector.depth(queues.sessions.url)
  return sessions && sessions.visible + sessions.inFlight + sessions.delayed > 0 ? 'ending sessions' : ''
}
