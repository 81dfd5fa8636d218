import { readResidentSet } from '../../infra/local/lambda/function.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { LogWatch } from './log-watch.ts'

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

/** One process of a function: its resident set in bytes once so many rows were done, at the end, and the extremes since. */
export type ProcessMemory = { name: string; atStart: number; least: number; greatest: number; atEnd: number }

type MemoryWatch = {
  /** Reads the memory of every process, at most once a second. */
  look(): void
  /** Each process that was there when `fromRows` rows were done or came later; none where memory can't be read. */
  processes(): readonly ProcessMemory[]
}

const LOOK_EVERY_MS = 1000

/**
 * Watches the resident sets of the functions' processes from `fromRows` rows on. Before that V8 grows its heap to what the
 * work needs. `pids` gives those that are alive, by function; `now` in ms.
 */
export function createMemoryWatch(deps: {
  fromRows: number
  rows: () => number
  pids: () => Readonly<Record<string, readonly number[]>>
  readResidentSet: (pid: number) => number | undefined
  now: () => number
}): MemoryWatch {
  const seen = new Map<number, ProcessMemory>()
  let lookedAt = Number.NEGATIVE_INFINITY

  function note(name: string, pid: number): void {
    const bytes = deps.readResidentSet(pid)
    if (bytes === undefined) return
    const memory = seen.get(pid) ?? { name, atStart: bytes, least: bytes, greatest: bytes, atEnd: bytes }
    seen.set(pid, {
      ...memory,
      least: Math.min(memory.least, bytes),
      greatest: Math.max(memory.greatest, bytes),
      atEnd: bytes,
    })
  }

  return {
    look() {
      if (deps.rows() < deps.fromRows || deps.now() - lookedAt < LOOK_EVERY_MS) return
      lookedAt = deps.now()
      for (const [name, pids] of Object.entries(deps.pids())) for (const pid of pids) note(name, pid)
    },
    processes: () => [...seen.values()],
  }
}

const SHARE = 0.1

/**
 * How many processes were at any time more than a tenth above, or below, what they took at first. Growth is what a leak
 * looks like.
 */
export function countStrays(processes: readonly ProcessMemory[]): { above: number; below: number } {
  const above = processes.filter(({ atStart, greatest }) => greatest > atStart * (1 + SHARE))
  const below = processes.filter(({ atStart, least }) => least < atStart * (1 - SHARE))
  return { above: above.length, below: below.length }
}
