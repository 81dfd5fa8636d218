import type { Writable } from 'node:stream'
import { SingleBar } from 'cli-progress'
import { describeDuration } from '../duration.ts'
import { columnsOf } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { createRate } from '../rate.ts'

/** Facts come once per invocation, so that a shorter window would jump. */
const WINDOW_MS = 30_000
const SILENT_MS = 30_000

/**
 * A bar of the rows of deliveries: first those that are reset, then those whose sessions end, with rate and time left. Without a terminal it
 * is a line at intervals.
 */
export function createProgressBar(stream: Writable) {
  const bar = new SingleBar({
    format: '{title} {bar} {value}/{total} rows  {pace}',
    ...{ stream: stream as NodeJS.WritableStream, barsize: columnsOf(stream) < 100 ? 20 : 40 },
    ...{ hideCursor: true, noTTYOutput: true, emptyOnZero: true, linewrap: false, notTTYSchedule: 10_000 },
  })
  let phase: Phase | undefined
  return {
    look(deliveries: readonly (Delivery | undefined)[]): void {
      const { title, done, total } = countPhase(deliveries)
      if (!phase) bar.start(total, done, { title, pace: '' })
      if (phase?.title !== title) phase = startPhase(title, done)
      bar.setTotal(total)
      bar.update(done, { title, pace: phase.paceOf(done, total) })
    },
    end: () => bar.stop(),
  }
}

type Phase = ReturnType<typeof startPhase>

/** Names of phases are equally long. */
const RESETTING = 'Resetting      '
const ENDING_SESSIONS = 'Ending sessions'

/** What is being done with the rows of deliveries, with how many of them it is done, and how many there are. */
function countPhase(deliveries: readonly (Delivery | undefined)[]) {
  const rows = deliveries.flatMap((delivery) => delivery?.rows ?? [])
  const resets = rows.filter(({ reset }) => reset)
  const passedOn = rows.filter(({ isPassedOn }) => isPassedOn)
  const isResetting = resets.length < rows.length || passedOn.length === 0 || deliveries.includes(undefined)
  if (isResetting) return { title: RESETTING, done: resets.length, total: rows.length }
  const ended = passedOn.filter(({ sessions }) => sessions)
  return { title: ENDING_SESSIONS, done: ended.length, total: passedOn.length }
}

function startPhase(title: string, doneBefore: number) {
  const rate = createRate({ windowMs: WINDOW_MS, now: Date.now })
  let latest = { done: doneBefore, at: Date.now() }
  return {
    title,
    /** How fast it goes and how long it still takes, or how long nothing has come. */
    paceOf(done: number, total: number): string {
      const perSecond = rate(done - doneBefore)
      if (done !== latest.done) latest = { done, at: Date.now() }
      const silentMs = Date.now() - latest.at
      if (done >= total) return ''
      if (silentMs >= SILENT_MS) return `nothing new for ${describeDuration(silentMs / 1000)}`
      if (perSecond <= 0) return ''
      const words = perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))
      return `${words} rows/s  ${describeDuration((total - done) / perSecond)} left`
    },
  }
}
