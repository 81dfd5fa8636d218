import type { Input } from './input.ts'

/** An input as one object: how much can be sent, and each thing that can't or is left out. */
export function toInputJson({ events, faults, dropped }: Input) {
  return {
    valid: faults.length === 0,
    events: events.length,
    members: events.reduce((sum, { data }) => sum + data.members.length, 0),
    faults,
    dropped,
  }
}
