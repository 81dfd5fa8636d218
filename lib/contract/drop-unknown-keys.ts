import { MemberSchema } from './member.ts'
import type { UncheckedBreachEvent } from './unchecked-breach-event.ts'

/** The event with the unknown keys of its good members dropped as well; bad members stay as they came. */
export function dropUnknownKeys<Event extends UncheckedBreachEvent>(event: Event): Event {
  const members = event.data.members.map((row) => MemberSchema.safeParse(row).data ?? row)
  return { ...event, data: { ...event.data, members } }
}
