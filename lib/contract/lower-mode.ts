import type { Mode } from './breach-event.ts'

/** A producer may only lower the stage's mode: `enforce` holds when both say so. */
export function lowerMode(stage: Mode, event: Mode = 'enforce'): Mode {
  return stage === 'enforce' && event === 'enforce' ? 'enforce' : 'dry_run'
}
