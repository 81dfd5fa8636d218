import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { type Delivery, toDeliveries } from '../progress/deliveries.ts'
import { findEvent, NoSuchEvent, type ProgressSource } from '../progress/progress-source.ts'
import { unlessAborted } from '../terminal.ts'
import { describeDuration } from '../times.ts'
import { createProgressBar } from './progress-bar.ts'

/** An event to follow: its delivery that has the message `run`, or its latest one. */
export type Wanted = { id: string; eventSource?: string | undefined; run?: string }

/**
 * `patienceMs`: how long it waits without news while some are not there. `needsAccepted`: one that was refused is not there, either, because its
 * redrive may be on the way. `sleep` and `now` in ms.
 */
export type Watching = {
  stderr: Writable
  quiet: boolean
  signal: AbortSignal
  patienceMs: number
  needsAccepted?: boolean
  sleep?: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>
  now?: () => number
}

const LOOK_EVERY_MS = 2000
const AT_ONCE = 8

/**
 * Follows events until none is open, and shows how far they are on `stderr`, unless `quiet`. Those that did not come are undefined.
 * Rejects with a sentence, and when `signal` is aborted.
 */
export async function watch(
  source: ProgressSource,
  wanted: readonly Wanted[],
  { stderr, quiet, signal, patienceMs, needsAccepted = false, ...deps }: Watching,
): Promise<(Delivery | undefined)[]> {
  const { sleep: wait = sleep, now = Date.now } = deps
  const bar = createProgressBar(stderr, now)
  const limited = pLimit(AT_ONCE)
  const latest = new Map<Wanted, Delivery | undefined>()
  let newsAt = now()
  const isThere = (delivery: Delivery | undefined) =>
    delivery !== undefined && !(needsAccepted && delivery.state === 'refused')
  const isEnded = (delivery: Delivery | undefined) => isThere(delivery) && delivery?.state !== 'open'
  const lookAt = async (one: Wanted) => {
    const before = latest.get(one)
    if (isEnded(before)) return before
    const delivery = await look(
      source,
      { ...one, eventSource: one.eventSource ?? before?.event?.source },
      now(),
    )
    if (delivery?.lastFactAt !== before?.lastFactAt) newsAt = now()
    latest.set(one, delivery)
    return delivery
  }
  try {
    for (let looks = 0; ; looks++) {
      signal.throwIfAborted()
      const all = Promise.all(wanted.map((one) => limited(() => lookAt(one))))
      const looked = await unlessAborted(all, signal)
      if (!quiet && looked.some(isThere)) bar.look(looked)
      else if (!quiet && looks === 0)
        stderr.write(`Not accepted yet. Waiting, at most ${describeDuration(patienceMs / 1000)} ...\n`)
      if (looked.every(isEnded)) return looked
      if (!looked.every(isThere) && now() - newsAt >= patienceMs) return looked
      await wait(LOOK_EVERY_MS, undefined, { signal })
    }
  } finally {
    bar.end()
  }
}

async function look(source: ProgressSource, one: Wanted, now: number): Promise<Delivery | undefined> {
  const { run } = one
  try {
    const deliveries = toDeliveries(await findEvent(source, one, now))
    if (run === undefined) return deliveries.at(-1)
    return deliveries.find((delivery) => [delivery, ...delivery.redrives].some((other) => other.run === run))
  } catch (error) {
    if (error instanceof NoSuchEvent) return undefined
    throw error
  }
}
