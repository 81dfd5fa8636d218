import { readResidentSet } from '../../infra/local/lambda/function.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'

/**
 * Watches the memory of a running system's functions from the moment when `fromRows` rows have an outcome. `rows` returns how
 * many have one so far.
 */
export function watchMemory(
  { functions: { fanOut, requireReset } }: Pick<LocalSystem, 'functions'>,
  { rows, fromRows }: { rows: () => number; fromRows: number },
): MemoryWatch {
  return createMemoryWatch({
    ...{ fromRows, rows, readResidentSet, now: Date.now },
    pids: () => ({ 'fan-out': fanOut.pids(), 'require-reset': requireReset.pids() }),
  })
}

/** The resident set of one process in bytes: when `fromRows` rows were done, at the end, and the extremes between. */
export type ProcessMemory = { name: string; atStart: number; least: number; greatest: number; atEnd: number }

type MemoryWatch = {
  /** Reads the memory of every process, at most once a second. */
  look(): void
  /** Each process that was there when `fromRows` rows were done or started later; none where memory can't be read. */
  processes(): readonly ProcessMemory[]
}

const LOOK_EVERY_MS = 1000

/**
 * Watches the resident sets of the functions' processes from `fromRows` rows on. Before that V8 grows its heap to what the
 * work needs. `pids` returns the living processes by function; `now` in ms.
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

const TOLERANCE = 0.1

/** How many processes were ever more than a tenth above, or below, the memory they started with. A leak shows as growth. */
export function memoryOutliers(processes: readonly ProcessMemory[]): { above: number; below: number } {
  const above = processes.filter(({ atStart, greatest }) => greatest > atStart * (1 + TOLERANCE))
  const below = processes.filter(({ atStart, least }) => least < atStart * (1 - TOLERANCE))
  return { above: above.length, below: below.length }
}
