import { BREACH_EVENT_TYPE, type BreachEvent, MemberSchema } from './breach-event.ts'

/** The `source` of canary events. A canary that proves the system end to end is counted as CanaryPassed. */
export const CANARY_SOURCE = 'urn:breach-reset:canary'
/** The address in a canary event. */
const CANARY_ADDRESS = /^breach-reset-canary-[\w-]+@example\.com$/

/**
 * A breach event with one made-up address, in a domain reserved for examples (RFC 2606). Nobody is reset, and `not_a_member`
 * proves everything on the way. `id` must be new each time; `time` is an RFC 3339 timestamp.
 */
export function canaryEvent(id: string, time: string): BreachEvent {
  return {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: CANARY_SOURCE,
    id: `canary-${id}`,
    time,
    data: { reason: 'manual', members: [{ email_address: `breach-reset-canary-${id}@example.com` }] },
  }
}

/** Whether an event is a canary: one row, about nobody. Anyone can claim the source, but only the made-up address, without ids, names nobody. */
export function isCanary(source: string, members: readonly unknown[]): boolean {
  return source === CANARY_SOURCE && members.length === 1 && isMadeUp(members[0])
}

/** Whether a row of an event is that of a canary. */
export function isMadeUp(row: unknown): boolean {
  const member = MemberSchema.safeParse(row).data
  if (!member || member.organization_id !== undefined || member.member_id !== undefined) return false
  return CANARY_ADDRESS.test(member.email_address)
}
