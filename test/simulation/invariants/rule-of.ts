import type { Run } from '../world/play.ts'
import type { Body } from './story.ts'

/**
 * What the stage of a run lets the source of an event do, and with which other sources it shares its hour (`name`). Undefined: the
 * stage does not allow the source.
 */
export function ruleOf({ deployment }: Pick<Run, 'deployment'>, json: Body | undefined) {
  const { maxMembersPerEvent: most, sources } = deployment.stage
  if (!sources) return { name: '', most, mostPerHour: Number.POSITIVE_INFINITY, isDry: false }
  const [source = ''] = json?.id.split(' ') ?? []
  const name = source in sources ? source : '*'
  const rule = sources[name]
  if (!rule) return undefined
  const { maxMembersPerEvent = most, maxMembersPerHour: mostPerHour = Number.POSITIVE_INFINITY } = rule
  return {
    name,
    most: Math.min(most, maxMembersPerEvent),
    mostPerHour,
    isDry: rule.highestMode === 'dry_run',
  }
}
