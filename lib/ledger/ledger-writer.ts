import type { ResetRow, WriteResets } from './ledger.ts'

const LINGER_MS = 100

type Pending = { row: ResetRow; resolve: () => void; reject: (error: unknown) => void }

export type LedgerWriter = {
  /** Resolves when the row is durable, rejects when it could not be written. */
  writeReset: (row: ResetRow) => Promise<void>
  /** Runs work on one person, which writes at most one row at a time. */
  during: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/**
 * Gathers rows and writes them `maxRows` (at most 25) at a time, or what there is 100 ms after the first one, or as soon as
 * every person at work is waiting for a row, so that no more rows can arrive. One person has one row at a time.
 */
export function createLedgerWriter(deps: {
  writeResets: WriteResets
  sleep: (ms: number) => Promise<void>
  maxRows: number
}): LedgerWriter {
  let pending: Pending[] = []
  let working = 0
  let waiting = 0

  async function flush(batch: Pending[]): Promise<void> {
    if (pending === batch) pending = []
    try {
      await deps.writeResets(batch.map(({ row }) => row))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      waiting -= batch.length
    }
  }

  /** Everyone whose work begins at the same moment is counted first. */
  function flushSoon(batch: Pending[], otherwise = () => {}): void {
    queueMicrotask(() => {
      if (pending !== batch || batch.length === 0) return
      if (waiting >= working) void flush(batch)
      else otherwise()
    })
  }

  function linger(batch: Pending[]): void {
    void deps.sleep(LINGER_MS).then(() => (pending === batch ? flush(batch) : undefined))
  }

  return {
    writeReset: (row) =>
      new Promise((resolve, reject) => {
        const batch = pending
        batch.push({ row, resolve, reject })
        waiting++
        if (batch.length === deps.maxRows) void flush(batch)
        else flushSoon(batch, batch.length === 1 ? () => linger(batch) : undefined)
      }),
    during: async (work) => {
      working++
      try {
        return await work()
      } finally {
        working--
        flushSoon(pending)
      }
    },
  }
}
