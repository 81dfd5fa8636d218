import type { LedgerRow, WriteRows } from './ledger.ts'

const LINGER_MS = 100

type Pending = { row: LedgerRow; resolve: () => void; reject: (error: unknown) => void }

export type LedgerWriter = {
  /** Resolves when the row is durable, rejects when it could not be written. */
  writeRow: (row: LedgerRow) => Promise<void>
  /** Wraps the work on a person, of whom at most one row at a time is written. */
  atWork: <Args extends unknown[], Result>(
    work: (...args: Args) => Promise<Result>,
  ) => (...args: Args) => Promise<Result>
}

/**
 * Gathers rows and writes them `maxRows` (at most 25) at a time, or what there is 100 ms after the first one, or as soon as
 * nobody is at work but who waits for a row: then no further row can come.
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

  const noneCanCome = () => waiting >= working

  return {
    writeRow: (row) =>
      new Promise((resolve, reject) => {
        const twin = pending.some((other) => other.row.person === row.person && other.row.kind === row.kind)
        if (twin) void flush(pending)
        const batch = pending
        batch.push({ row, resolve, reject })
        waiting++
        if (batch.length === deps.maxRows || noneCanCome()) void flush(batch)
        else if (batch.length === 1)
          void deps.sleep(LINGER_MS).then(() => (pending === batch ? flush(batch) : undefined))
      }),
    atWork:
      (work) =>
      async (...args) => {
        working++
        try {
          return await work(...args)
        } finally {
          working--
          if (pending.length > 0 && noneCanCome()) void flush(pending)
        }
      },
  }
}
