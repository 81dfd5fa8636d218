/** One process of a function: its resident set in bytes once so many rows were done, at the end, and the extremes since. */
export type ProcessMemory = { name: string; atStart: number; least: number; greatest: number; atEnd: number }

export type MemoryWatch = {
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
