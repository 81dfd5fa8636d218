import { readResidentSet } from '../../infra/local/lambda/read-resident-set.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { LogWatch } from './create-log-watch.ts'
import { createMemoryWatch, type MemoryWatch } from './create-memory-watch.ts'

/** Watches the memory of the running system's functions once so many rows have an outcome, both deliveries together. */
export function watchMemory(
  { functions: { fanOut, requireReset } }: Pick<LocalSystem, 'functions'>,
  logs: Pick<LogWatch, 'outcomes'>,
  fromRows: number,
): MemoryWatch {
  return createMemoryWatch({
    ...{ fromRows, rows: logs.outcomes, readResidentSet, now: Date.now },
    pids: () => ({ 'fan-out': fanOut.pids(), 'require-reset': requireReset.pids() }),
  })
}
