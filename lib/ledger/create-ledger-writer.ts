import type { LedgerRow } from './ledger-row.ts'
import type { WriteRows } from './write-rows.ts'

const LINGER_MS = 100

type Pending = { row: LedgerRow; resolve: () => void; reject: (error: unknown) => void }

/**
 * Gathers rows and writes them `mostRows` at a time, or what there is 100 ms after the first one, or as soon as nobody of those
 * `atWork` is left but who waits for a row: then no further row can come.
 * The returned function resolves when its row is durable and rejects when it could not be written.
 */
export function createLedgerWriter(deps: {
  writeRows: WriteRows
  sleep: (ms: number) => Promise<void>
  /** At most 25, which is what `writeRows` takes. */
  mostRows: number
  /** How many people are being worked on, those who wait for a row included. */
  atWork: () => number
}) {
  let pending: Pending[] = []
  let waiting = 0

  async function flush(batch: Pending[]): Promise<void> {
    if (pending === batch) pending = []
    try {
      await deps.writeRows(batch.map(({ row }) => row))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      waiting -= batch.length
    }
  }

  return function record(row: LedgerRow): Promise<void> {
    return new Promise((resolve, reject) => {
      const twin = pending.some((other) => other.row.person === row.person && other.row.kind === row.kind)
      if (twin) void flush(pending)
      const batch = pending
      batch.push({ row, resolve, reject })
      waiting++
      if (batch.length === deps.mostRows || waiting >= deps.atWork()) void flush(batch)
      else if (batch.length === 1)
        void deps.sleep(LINGER_MS).then(() => (pending === batch ? flush(batch) : undefined))
    })
  }
}
