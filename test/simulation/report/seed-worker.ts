import { parentPort, workerData } from 'node:worker_threads'
import { type SeedPart, seamsOf } from './run.ts'
import { tallySeeds } from './tally.ts'

const { first, step, end, bug } = workerData as SeedPart

function* seeds() {
  for (let seed = first; seed < end; seed += step) yield seed
}

parentPort?.postMessage(
  await tallySeeds(seeds(), seamsOf(bug), (violations) => parentPort?.postMessage(violations)),
)
