import type { SQSRecord } from 'aws-lambda'
import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { isExpired } from '../../lib/contract/fence.ts'
import type { CountMembers } from '../../lib/quota/hourly-quota.ts'
import type { Config, Sources } from './config.ts'

/** Returns what refuses a whole event, for the first reason there is; the hour comes last, for it counts. Rejects when it can't count. */
export function createRefuse(deps: { config: Config; countMembers: CountMembers; now: () => number }) {
  const { config, countMembers, now } = deps
  const hourlyBrake = createHourlyBrake(countMembers)
  return async (
    event: UncheckedBreachEvent,
    rule: Rule | undefined,
    record: SQSRecord,
  ): Promise<Refusal | undefined> => {
    if (isExpired(event, now())) return { code: 'expired', detail: 'expirytime: has passed' }
    const refusal = trust(event, rule) ?? brake(event, config.maxMembersPerEvent, rule)
    return refusal ?? hourlyBrake(event, rule, record)
  }
}

const EVERY_OTHER = '*'

/** What a source may send, and under which name its members are counted. */
type Rule = Sources[string] & { name?: string }

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

/** Why nobody of a whole event is reset, although it keeps to the contract. The detail names field and rule. */
export type Refusal = {
  code: 'expired' | 'source_not_allowed' | 'mode_not_allowed' | 'over_limit' | 'over_hourly_limit'
  detail: string
}

/** Refuses an event of a source that the stage does not allow, or that asks for more than its source may. */
function trust(event: UncheckedBreachEvent, rule: Rule | undefined): Refusal | undefined {
  if (!rule) return { code: 'source_not_allowed', detail: 'source: this stage allows no event of it' }
  if (rule.highestMode === 'dry_run' && event.data.mode === 'enforce') {
    return { code: 'mode_not_allowed', detail: 'data.mode: this stage allows its source dry_run only' }
  }
  return undefined
}

/** The brake: an event of more members than the stage, or its source there, may send resets nobody until somebody raises the limit and redrives it. */
function brake(
  event: UncheckedBreachEvent,
  maxMembersPerEvent: number,
  rule: Rule | undefined,
): Refusal | undefined {
  const count = event.data.members.length
  const refusal = (who: string, limit: number): Refusal => ({
    code: 'over_limit',
    detail: `data.members: has ${count} members, ${who} ${limit}`,
  })
  if (count > maxMembersPerEvent) return refusal('this stage allows', maxMembersPerEvent)
  const { maxMembersPerEvent: ofSource = maxMembersPerEvent } = rule ?? {}
  if (count > ofSource) return refusal('this stage allows its source', ofSource)
  return undefined
}

/**
 * Returns the last check: it counts the members of an event whose source has an hourly limit, and refuses the event when there is
 * no room for all of them. Rejects when they can't be counted.
 */
function createHourlyBrake(countMembers: CountMembers) {
  return async (
    { data }: UncheckedBreachEvent,
    rule: Rule | undefined,
    { messageId, attributes }: SQSRecord,
  ): Promise<Refusal | undefined> => {
    const { name, maxMembersPerHour: maxPerHour } = rule ?? {}
    if (name === undefined || maxPerHour === undefined) return undefined
    const count = data.members.length
    const message = { id: messageId, receives: Number(attributes.ApproximateReceiveCount) }
    if (await countMembers(message, { name, maxPerHour }, count)) return undefined
    return {
      code: 'over_hourly_limit',
      detail: `data.members: has ${count} members, this stage allows its source ${maxPerHour} an hour`,
    }
  }
}

/** The event in the highest mode that its source may have. */
export function lowerEvent<Event extends UncheckedBreachEvent>(event: Event, rule: Rule | undefined): Event {
  if (rule?.highestMode !== 'dry_run') return event
  return { ...event, data: { ...event.data, mode: rule.highestMode } }
}
