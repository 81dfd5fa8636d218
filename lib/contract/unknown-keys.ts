import { BreachEventSchema, BreachSchema, MemberSchema, type UncheckedBreachEvent } from './breach-event.ts'

const EVENT_KEYS = new Set(Object.keys(BreachEventSchema.shape))
const DATA_KEYS = new Set(Object.keys(BreachEventSchema.shape.data.shape))
const MEMBER_KEYS = new Set(Object.keys(MemberSchema.shape))
const BREACH_KEYS = Object.keys(BreachSchema.shape)
const ENVELOPE_KEYS = ['Type', 'Message', 'detail-type', 'detail', 'Metadata', 'SystemMetadata', 'Data']
const CONTRACT_KEYS = new Set([...EVENT_KEYS, ...DATA_KEYS, ...BREACH_KEYS, ...MEMBER_KEYS, ...ENVELOPE_KEYS])
const NAME = /^[a-z][a-z0-9_]{0,31}$/i
const MAX_NAMES = 20

/**
 * Counts the keys that are dropped because the contract does not know them, by name; those of `breach` excepted.
 * A name that does not look like an identifier is counted as `other`: it could be personal data.
 */
export function countDroppedKeys(value: unknown): Record<string, number> {
  const counts = new Map<string, number>()
  const count = (object: unknown, known: ReadonlySet<string>) => {
    if (typeof object !== 'object' || object === null) return
    for (const key of Object.keys(object)) {
      if (known.has(key)) continue
      const name = NAME.test(key) && (counts.has(key) || counts.size < MAX_NAMES) ? key : 'other'
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  count(value, EVENT_KEYS)
  const data = typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined
  count(data, DATA_KEYS)
  const members = typeof data === 'object' && data !== null && 'members' in data ? data.members : undefined
  if (Array.isArray(members)) for (const member of members) count(member, MEMBER_KEYS)
  return Object.fromEntries(counts)
}

/** The event without the unknown keys of its valid members. Invalid members stay as they came. */
export function dropUnknownKeys<Event extends UncheckedBreachEvent>(event: Event): Event {
  const members = event.data.members.map((row) => MemberSchema.safeParse(row).data ?? row)
  return { ...event, data: { ...event.data, members } }
}

/** Whether a key is a name of docs/contract.md, anywhere in an event or its envelopes. Any other could be personal data. */
export function isContractKey(key: string): boolean {
  return CONTRACT_KEYS.has(key)
}
