import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { type Delivery, toDeliveries } from '../progress/deliveries.ts'
import { findEvent, NoSuchEvent, type ProgressSource } from '../progress/progress-source.ts'

/** An event to follow: its delivery that has the message `run`, or its latest one. */
export type Wanted = { id: string; eventSource?: string | undefined; run?: string }

const LOOK_EVERY_MS = 2000
const AT_ONCE = 8

/**
 * Reads what becomes of events again and again until none is open, and passes each look to `onLook`. It gives up when nothing has changed
 * for `patienceMs` and some are not known at all; those are undefined. Rejects with a sentence, and when `signal` is aborted.
 */
export async function follow(
  source: ProgressSource,
  wanted: readonly Wanted[],
  deps: {
    patienceMs: number
    signal: AbortSignal
    onLook: (looked: readonly (Delivery | undefined)[]) => void
  },
): Promise<(Delivery | undefined)[]> {
  const limited = pLimit(AT_ONCE)
  const latest = new Map<Wanted, Delivery | undefined>()
  let newsAt = Date.now()
  while (true) {
    const open = wanted.filter((one) => (latest.get(one)?.state ?? 'open') === 'open')
    const looks = await unlessAborted(
      Promise.all(open.map((one) => limited(async () => [one, await look(source, one)] as const))),
      deps.signal,
    )
    for (const [one, delivery] of looks) {
      if (delivery?.lastFactAt !== latest.get(one)?.lastFactAt) newsAt = Date.now()
      latest.set(one, delivery)
    }
    const looked = wanted.map((one) => latest.get(one))
    deps.onLook(looked)
    if (looked.every((delivery) => delivery && delivery.state !== 'open')) return looked
    if (looked.includes(undefined) && Date.now() - newsAt >= deps.patienceMs) return looked
    await sleep(LOOK_EVERY_MS, undefined, { signal: deps.signal })
  }
}

async function look(source: ProgressSource, { id, eventSource, run }: Wanted): Promise<Delivery | undefined> {
  try {
    const deliveries = toDeliveries(await findEvent(source, { id, eventSource }, Date.now()))
    if (run === undefined) return deliveries.at(-1)
    return deliveries.find((delivery) => [delivery, ...delivery.redrives].some((one) => one.run === run))
  } catch (error) {
    if (error instanceof NoSuchEvent) return undefined
    throw error
  }
}

/** A request may take long: it is not waited for when the user interrupts. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}
