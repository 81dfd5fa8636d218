import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { KEPT_STAGES } from '../infra/local/template.ts'

/** Lets the tests of one run, and every process they start, synthesize each stage once. Returns what ends that. */
export async function setup(): Promise<() => Promise<void>> {
  const store = await mkdtemp(path.join(tmpdir(), 'breach-reset-stages-'))
  process.env[KEPT_STAGES] = store
  return () => rm(store, { recursive: true })
}
