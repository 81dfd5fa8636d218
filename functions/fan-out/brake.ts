import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'

export type Refusal = { code: 'over_limit'; detail: string }

/** The brake: an event of more members than the stage allows resets nobody until somebody raises the limit and redrives it. */
export function brake(event: UncheckedBreachEvent, maxMembersPerEvent: number): Refusal | undefined {
  const count = event.data.members.length
  if (count <= maxMembersPerEvent) return undefined
  return {
    code: 'over_limit',
    detail: `data.members: has ${count} members, this stage allows ${maxMembersPerEvent}`,
  }
}
