import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { KEPT_STAGES } from '../infra/local/synthesize-stage.ts'

/** Lets the tests of one run, and every process they start, synthesize each stage and compile each file once. Returns what ends that. */
export async function setup(): Promise<() => Promise<void>> {
  const store = await mkdtemp(path.join(tmpdir(), 'breach-reset-stages-'))
  process.env[KEPT_STAGES] = store
  process.env.NODE_COMPILE_CACHE = path.join(store, 'compiled')
  return () => rm(store, { recursive: true, maxRetries: 5 })
}
