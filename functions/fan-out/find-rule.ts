import { isCanary } from '../../lib/contract/is-canary.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { Sources } from './sources.ts'

const EVERY_OTHER = '*'

/** What a source may send, and under which name its members are counted. */
export type Rule = Sources[string] & { name?: string }

/**
 * The rule for an event's source: its own, or that of `*`, under which all that are not named are one. Undefined: the stage does not
 * allow it. A stage without `sources`, and an event about nobody, have a rule that forbids nothing.
 */
export function findRule(event: UncheckedBreachEvent, sources: Sources | undefined): Rule | undefined {
  if (!sources || isCanary(event.source, event.data.members)) return {}
  const name = Object.hasOwn(sources, event.source) ? event.source : EVERY_OTHER
  const rule = sources[name]
  return rule && { ...rule, name }
}
