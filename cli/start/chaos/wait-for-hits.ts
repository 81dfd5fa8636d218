import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 50
const LONGEST_MS = 60_000

/** Waits, looking, until no kind of fault is left that has not hit, or nothing is queued any more, or a minute has passed. */
export async function waitForHits(
  isWaiting: () => boolean,
  { look, queued }: { look: () => void; queued: () => number },
): Promise<void> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < LONGEST_MS && queued() > 0 && isWaiting()) {
    look()
    await sleep(LOOK_EVERY_MS)
  }
}
