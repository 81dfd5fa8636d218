import { cpus } from 'node:os'
import type { Machine } from '../targets.ts'

/** Says what the numbers were measured on. */
export function describeMachine(): Machine {
  const cores = cpus()
  return { node: process.version, cpu: cores[0]?.model.trim() ?? 'unknown', cores: cores.length }
}
