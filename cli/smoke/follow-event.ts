import { readTold, type Told } from './read-told.ts'
import type { Way } from './way.ts'

/** The system is busy and will come back to the event: no answer to the question whether it works. */
const BUSY = new Set(['out_of_time', 'too_many_requests'])

export type Followed = { end: (Told & { kind: 'end' }) | undefined; others: readonly Told[] }

/**
 * Reads the log until it tells how the event ended, or the time is up. Resolves to that end, if any, and to what else
 * was told: failures that may have to do with it.
 */
export async function followEvent(
  way: Pick<Way, 'readLines' | 'lookEveryMs'>,
  event: { id: string; sentAt: number },
  deps: { timeoutMs: number; now: () => number; sleep: (ms: number) => Promise<unknown> },
): Promise<Followed> {
  while (true) {
    const lines = await way.readLines(event.id, event.sentAt)
    const told = lines.map((line) => readTold(line, event.id)).filter((one) => one !== undefined)
    const ends = told.filter((one) => one.kind === 'end')
    const end = ends.find(({ outcome }) => outcome !== 'sent_on') ?? ends.at(-1)
    const isDecided = end && !(end.outcome === 'sent_on' && BUSY.has(end.code))
    if (isDecided || deps.now() - event.sentAt >= deps.timeoutMs) {
      return { end, others: told.filter(({ kind }) => kind !== 'end') }
    }
    await deps.sleep(way.lookEveryMs)
  }
}
