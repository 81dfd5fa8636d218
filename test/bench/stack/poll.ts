import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 50

/** Looks every 50 ms until `look` returns something, and resolves to it, or to undefined after `maxMs`. */
export async function poll<Found>(look: () => Found | undefined, maxMs: number): Promise<Found | undefined> {
  const deadline = Date.now() + maxMs
  for (;;) {
    const found = look()
    if (found !== undefined || Date.now() > deadline) return found
    await sleep(EVERY_MS)
  }
}
