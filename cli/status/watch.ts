import type { Writable } from 'node:stream'
import { describeDuration } from '../duration.ts'
import type { Delivery } from '../progress/deliveries.ts'
import type { ProgressSource } from '../progress/progress-source.ts'
import { follow, type Wanted } from './follow.ts'
import { createProgressBar } from './progress-bar.ts'

/**
 * Follows events until none is open, and shows how far they are on `stderr`, unless `quiet`. It waits `patienceMs` for those that are not
 * there yet; those that did not come are undefined. Rejects with a sentence, and when `signal` is aborted.
 */
export async function watch(
  source: ProgressSource,
  wanted: readonly Wanted[],
  { patienceMs, ...deps }: { signal: AbortSignal; stderr: Writable; quiet: boolean; patienceMs: number },
): Promise<(Delivery | undefined)[]> {
  const { signal, stderr, quiet } = deps
  const bar = createProgressBar(stderr)
  let isSaid = false
  const onLook = (looked: readonly (Delivery | undefined)[]) => {
    if (quiet) return
    if (looked.some((delivery) => delivery)) return bar.look(looked)
    if (!isSaid)
      stderr.write(`Not accepted yet. Waiting, at most ${describeDuration(patienceMs / 1000)} ...\n`)
    isSaid = true
  }
  try {
    return await follow(source, wanted, { patienceMs, signal, onLook })
  } finally {
    bar.end()
  }
}
