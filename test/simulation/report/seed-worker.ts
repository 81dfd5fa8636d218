import { parentPort, workerData } from 'node:worker_threads'
import { BUGS } from '../bugs/bugs.ts'
import { type SeedPart, tallySeeds } from './run.ts'

const { first, step, end, bug } = workerData as SeedPart

function* seeds() {
  for (let seed = first; seed < end; seed += step) yield seed
}

const seams = bug === undefined ? {} : (BUGS[bug]?.seams ?? {})
parentPort?.postMessage(await tallySeeds(seeds(), seams, () => parentPort?.postMessage('seed')))
