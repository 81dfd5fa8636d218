import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import type { Rule } from './find-rule.ts'
import type { Refusal } from './refusal.ts'

/** The brake: an event of more members than the stage, or its source there, may send resets nobody until somebody raises the limit and redrives it. */
export function brake(
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
