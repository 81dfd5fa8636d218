import type * as z from 'zod'
import {
  BREACH_EVENT_TYPE,
  BreachEventSchema,
  type Member,
  MemberSchema,
  type UncheckedBreachEvent,
  UncheckedBreachEventSchema,
} from './breach-event.ts'
import { CLOCK_TOLERANCE_MS } from './fence.ts'
import { IMPLAUSIBLE_RULE, isImplausible } from './implausible.ts'
import { type Rejection, rejected } from './parse-json.ts'

type CheckedEvent =
  | { kind: 'event'; event: UncheckedBreachEvent }
  | { kind: 'rejected'; rejection: Rejection }

/**
 * Checks everything about a breach event except its members. `sentAt`: when it was sent, or would be, in ms since the epoch. A moment is
 * ahead of the sending, as the fence is computed from the sending: however long the message waits, it is judged the same, and a fence
 * in a dead letter is never further back than computeFence believes.
 */
export function checkBreachEvent(value: unknown, sentAt: number): CheckedEvent {
  const mismatch = refuseOtherTypes(value)
  if (mismatch) return { kind: 'rejected', rejection: mismatch }
  const parsed = UncheckedBreachEventSchema.safeParse(value)
  if (!parsed.success) return rejected('invalid_event', describeIssues(parsed.error))
  const moments = momentsOf(parsed.data)
  const missing = moments.find(([, moment]) => isImplausible(moment))
  if (missing) return rejected('implausible', `${missing[0]}: ${IMPLAUSIBLE_RULE}`)
  const ahead = moments.find(([, moment]) => Date.parse(moment) > sentAt + CLOCK_TOLERANCE_MS)
  if (ahead) return rejected('in_future', `${ahead[0]}: must not be more than 5 minutes ahead`)
  return { kind: 'event', event: parsed.data }
}

function refuseOtherTypes(value: unknown): Rejection | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { code: 'not_a_breach_event', detail: 'body: must be a JSON object' }
  }
  if ('Event' in value && value.Event === 's3:TestEvent') {
    return { code: 'not_a_breach_event', detail: 'body: is the test notification of an S3 bucket' }
  }
  if (!('specversion' in value) || !('type' in value)) {
    return { code: 'not_a_breach_event', detail: 'specversion, type: must be present (CloudEvents 1.0)' }
  }
  if (value.specversion !== '1.0') return { code: 'unsupported_type', detail: 'specversion: must be "1.0"' }
  if (value.type !== BREACH_EVENT_TYPE) {
    return { code: 'unsupported_type', detail: `type: must be "${BREACH_EVENT_TYPE}"` }
  }
  return undefined
}

/** The moments that make the fence, each with its field. */
function momentsOf({ time, data }: UncheckedBreachEvent): [field: string, moment: string][] {
  const { exposed_at = time } = data
  return [
    ['time', time],
    ['data.exposed_at', exposed_at],
  ]
}

export type InvalidMember = { index: number; row: unknown; detail: string }

/** Checks members one by one. Valid ones come back without unknown keys, invalid ones as they came, with field and rule. */
export function checkMembers(rows: readonly unknown[]): {
  members: IndexedMember[]
  invalid: InvalidMember[]
} {
  const members: IndexedMember[] = []
  const invalid: InvalidMember[] = []
  for (const [index, row] of rows.entries()) {
    const parsed = MemberSchema.safeParse(row)
    if (parsed.success) members.push({ index, member: parsed.data })
    else invalid.push({ index, row, detail: describeIssues(parsed.error, ['data', 'members', index]) })
  }
  return { members, invalid }
}

export type IndexedMember = { index: number; member: Member }

const IdentitySchema = BreachEventSchema.pick({ source: true, id: true })

/** Source and id of what may not be a valid event otherwise, if these two are valid, so that its producer can find it. */
export function identifyEvent(value: unknown): { source: string; id: string } | undefined {
  return IdentitySchema.safeParse(value).data
}

const MAX_ISSUES = 3

/**
 * Names the field path (below `parent`) and the broken rule of the first issues, never a value. `rootName` is the word for
 * what was checked when it is not an object at all. The schemas have no free-form keys, so a path can't hold one.
 */
export function describeIssues(
  error: z.ZodError,
  parent: readonly PropertyKey[] = [],
  rootName = 'event',
): string {
  const described = error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${[...parent, ...issue.path].join('.') || rootName}: ${ruleOf(issue)}`)
  const more = error.issues.length - described.length
  return described.join('; ') + (more > 0 ? `; and ${more} more` : '')
}

const TYPES: Record<string, string> = { string: 'a text', array: 'a list', object: 'an object' }
const UNITS: Record<string, string> = { string: 'characters', array: 'members' }

/** How zod's own messages start. */
const ZOD_MESSAGE = /^(Invalid|Too) /

/** The rule that an issue broke: in the schema's own words, or in these instead of zod's. Never a value. */
export function ruleOf(issue: z.core.$ZodIssue): string {
  if (!ZOD_MESSAGE.test(issue.message)) return issue.message
  if (issue.message.endsWith('received undefined')) return 'must be given'
  if (issue.code === 'invalid_type') return `must be ${TYPES[issue.expected] ?? `a ${issue.expected}`}`
  if (issue.code === 'invalid_value' && issue.values.length > 1)
    return `must be one of ${issue.values.join(', ')}`
  if (issue.code === 'too_small')
    return issue.origin === 'array' ? 'must have at least one member' : 'must not be empty'
  if (issue.code === 'too_big')
    return `must have at most ${issue.maximum} ${UNITS[issue.origin] ?? ''}`.trim()
  return issue.message
}
