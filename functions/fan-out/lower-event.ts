import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { Rule } from './find-rule.ts'

/** The event in the highest mode that its source may have. */
export function lowerEvent<Event extends UncheckedBreachEvent>(event: Event, rule: Rule | undefined): Event {
  if (rule?.highestMode !== 'dry_run') return event
  return { ...event, data: { ...event.data, mode: rule.highestMode } }
}
