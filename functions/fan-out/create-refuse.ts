import type { SQSRecord } from 'aws-lambda'
import { isExpired } from '../../lib/contract/is-expired.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { CountMembers } from '../../lib/quota/create-count-members.ts'
import { brake } from './brake.ts'
import type { Config } from './config.ts'
import { createHourlyBrake } from './create-hourly-brake.ts'
import type { Rule } from './find-rule.ts'
import type { Refusal } from './refusal.ts'
import { trust } from './trust.ts'

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
