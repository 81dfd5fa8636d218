import { count } from './count.ts'

/** How much events are, in words: `2 events with 1500 members`. */
export function describeEvents(events: readonly { data: { members: readonly unknown[] } }[]): string {
  const members = events.reduce((sum, { data }) => sum + data.members.length, 0)
  return `${count(events.length, 'event')} with ${count(members, 'member')}`
}
