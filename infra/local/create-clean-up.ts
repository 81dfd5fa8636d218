export type CleanUp = {
  add(task: () => Promise<unknown>): void
  /** Adds a part's stop() and returns the part. */
  keep<Part extends { stop(): Promise<unknown> }>(part: Part): Part
  /** Runs the tasks, last added first, once; later calls wait for the same run. */
  run(): Promise<void>
}

/** Collects what has to be undone, so that a boot that fails half-way leaves nothing behind either. */
export function createCleanUp(): CleanUp {
  const tasks: (() => Promise<unknown>)[] = []
  let running: Promise<void> | undefined

  async function runAll(): Promise<void> {
    for (const task of tasks.toReversed()) await task()
  }

  return {
    add: (task) => void tasks.push(task),
    keep: (part) => {
      tasks.push(() => part.stop())
      return part
    },
    run: () => {
      running ??= runAll()
      return running
    },
  }
}
