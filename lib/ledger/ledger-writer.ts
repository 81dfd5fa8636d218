const MAX_ROWS = 25
const LINGER_MS = 100

type Pending<Row> = { row: Row; resolve: () => void; reject: (error: unknown) => void }

export type LedgerWriter<Row> = {
  /** Resolves when the row is durable, rejects when it could not be written. */
  write: (row: Row) => Promise<void>
  /** Runs work on one person, which writes at most one row at a time. */
  during: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/**
 * Gathers rows, and writes what there is (at most 25) as soon as there are `enough`, or as every person at work is waiting for a row, so
 * that no more can arrive, or 100 ms after the first one. Rows of the same moment, such as those that are owed, are gathered first.
 */
export function createLedgerWriter<Row>(deps: {
  write: (rows: readonly Row[]) => Promise<void>
  sleep: (ms: number) => Promise<void>
  enough: number
}): LedgerWriter<Row> {
  let pending: Pending<Row>[] = []
  let working = 0
  let waiting = 0

  async function flush(batch: Pending<Row>[]): Promise<void> {
    if (pending === batch) pending = []
    try {
      await deps.write(batch.map(({ row }) => row))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      waiting -= batch.length
    }
  }

  function flushSoon(batch: Pending<Row>[], isFirst = false): void {
    queueMicrotask(() => {
      if (pending !== batch || batch.length === 0) return
      if (batch.length >= deps.enough || waiting >= working) void flush(batch)
      else if (isFirst) void linger(batch)
    })
  }

  async function linger(batch: Pending<Row>[]): Promise<void> {
    await deps.sleep(LINGER_MS)
    if (pending === batch) await flush(batch)
  }

  return {
    write: (row) =>
      new Promise((resolve, reject) => {
        const batch = pending
        batch.push({ row, resolve, reject })
        waiting++
        if (batch.length === MAX_ROWS) void flush(batch)
        else flushSoon(batch, batch.length === 1)
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
