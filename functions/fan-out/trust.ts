import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { Rule } from './find-rule.ts'
import type { Refusal } from './refusal.ts'

/** Refuses an event of a source that the stage does not allow, or that asks for more than its source may. */
export function trust(event: UncheckedBreachEvent, rule: Rule | undefined): Refusal | undefined {
  if (!rule) return { code: 'source_not_allowed', detail: 'source: this stage allows no event of it' }
  if (rule.highestMode === 'dry_run' && event.data.mode === 'enforce') {
    return { code: 'mode_not_allowed', detail: 'data.mode: this stage allows its source dry_run only' }
  }
  return undefined
}
