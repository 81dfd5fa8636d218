import { countMembers } from './count-members.ts'
import type { Input } from './input.ts'

/** An input as one object: how much can be sent, each thing that can't, and what is worth knowing. */
export function toInputJson({ events, faults, notes }: Input) {
  return {
    valid: faults.length === 0,
    events: events.length,
    members: countMembers(events),
    faults,
    notes,
  }
}
