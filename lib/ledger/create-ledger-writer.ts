import type { LedgerRow } from './ledger-row.ts'
import type { WriteRows } from './write-rows.ts'

const MOST_ROWS = 25
const LINGER_MS = 100

type Pending = { row: LedgerRow; resolve: () => void; reject: (error: unknown) => void }

/**
 * Gathers rows and writes them 25 at a time, or what there is 100 ms after the first one, while resets go on.
 * The returned function resolves when its row is durable and rejects when it could not be written.
 */
export function createLedgerWriter(deps: { writeRows: WriteRows; sleep: (ms: number) => Promise<void> }) {
  let pending: Pending[] = []

  async function flush(batch: Pending[]): Promise<void> {
    if (pending === batch) pending = []
    try {
      await deps.writeRows(batch.map(({ row }) => row))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return function record(row: LedgerRow): Promise<void> {
    return new Promise((resolve, reject) => {
      const twin = pending.some((other) => other.row.person === row.person && other.row.kind === row.kind)
      if (twin) void flush(pending)
      const batch = pending
      batch.push({ row, resolve, reject })
      if (batch.length === MOST_ROWS) void flush(batch)
      else if (batch.length === 1)
        void deps.sleep(LINGER_MS).then(() => (pending === batch ? flush(batch) : undefined))
    })
  }
}
