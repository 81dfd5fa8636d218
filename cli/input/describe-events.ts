import { count } from './count.ts'
import { countMembers } from './count-members.ts'

/** How much events are, in words: `2 events with 1500 members`. */
export function describeEvents(events: readonly { data: { members: readonly unknown[] } }[]): string {
  return `${count(events.length, 'event')} with ${count(countMembers(events), 'member')}`
}
