import type { LedgerRow, WriteRows } from './ledger.ts'

const LINGER_MS = 100

type Pending = { row: LedgerRow; resolve: () => void; reject: (error: unknown) => void }

export type LedgerWriter = {
  /** Resolves when the row is durable, rejects when it could not be written. */
  writeRow: (row: LedgerRow) => Promise<void>
  /** Runs work on one person, which writes at most one row at a time. */
  during: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/**
 * Gathers rows and writes them `maxRows` (at most 25) at a time, or what there is 100 ms after the first one, or as soon as
 * every person at work is waiting for a row, so that no more rows can arrive.
 */
export function createLedgerWriter(deps: {
  writeRows: WriteRows
  sleep: (ms: number) => Promise<void>
  maxRows: number
}): LedgerWriter {
  let pending: Pending[] = []
  let working = 0
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

  const everyoneWaits = () => waiting >= working

  return {
    writeRow: (row) =>
      new Promise((resolve, reject) => {
        const twin = pending.some((other) => other.row.person === row.person && other.row.kind === row.kind)
        if (twin) void flush(pending)
        const batch = pending
        batch.push({ row, resolve, reject })
        waiting++
        if (batch.length === deps.maxRows || everyoneWaits()) void flush(batch)
        else if (batch.length === 1)
          void deps.sleep(LINGER_MS).then(() => (pending === batch ? flush(batch) : undefined))
      }),
    during: async (work) => {
      working++
      try {
        return await work()
      } finally {
        working--
        if (pending.length > 0 && everyoneWaits()) void flush(pending)
      }
    },
  }
}
