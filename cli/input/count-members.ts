/** How many members events have, all together. */
export function countMembers(events: readonly { data: { members: readonly unknown[] } }[]): number {
  return events.reduce((sum, { data }) => sum + data.members.length, 0)
}
