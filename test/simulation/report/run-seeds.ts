import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { addCounts } from './add-counts.ts'
import type { SeedPart } from './seed-part.ts'
import { emptyTally, type Tally } from './tally.ts'

/** Plays `count` seeds from `first` on, shared out among the cores. Rejects when a worker breaks. */
export async function runSeeds(
  { first, count, bug }: { first: number; count: number; bug: string | undefined },
  onSeed: () => void,
): Promise<Tally> {
  const step = Math.min(availableParallelism(), count)
  const parts = Array.from({ length: step }, (_, number) =>
    runPart({ first: first + number, step, end: first + count, bug }, onSeed),
  )
  const tally = emptyTally()
  for (const part of await Promise.all(parts)) addCounts(tally, part)
  tally.violations.sort((one, other) => one.seed - other.seed)
  return tally
}

function runPart(workerData: SeedPart, onSeed: () => void): Promise<Tally> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: 'seed' | Tally) => {
      if (message === 'seed') onSeed()
      else resolve(message)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`a worker ended with ${code} and no tally`)))
  })
}
