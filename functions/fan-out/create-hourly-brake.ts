import type { SQSRecord } from 'aws-lambda'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { CountMembers } from '../../lib/quota/create-count-members.ts'
import type { Rule } from './find-rule.ts'
import type { Refusal } from './refusal.ts'

/**
 * Returns the last check: it counts the members of an event whose source has an hourly limit, and refuses the event when there is
 * no room for all of them. Rejects when they can't be counted.
 */
export function createHourlyBrake(countMembers: CountMembers) {
  return async (
    { data }: UncheckedBreachEvent,
    rule: Rule | undefined,
    { messageId, attributes }: SQSRecord,
  ): Promise<Refusal | undefined> => {
    const { name, maxMembersPerHour: mostPerHour } = rule ?? {}
    if (name === undefined || mostPerHour === undefined) return undefined
    const count = data.members.length
    const message = { id: messageId, receives: Number(attributes.ApproximateReceiveCount) }
    if (await countMembers(message, { name, mostPerHour }, count)) return undefined
    return {
      code: 'over_hourly_limit',
      detail: `data.members: has ${count} members, this stage allows its source ${mostPerHour} an hour`,
    }
  }
}
