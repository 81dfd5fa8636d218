import type * as z from 'zod'
import {
  type BreachEvent,
  MAX_MEMBERS,
  MemberSchema,
  UncheckedBreachEventSchema,
} from '../contract/breach-event.ts'
import { checkBreachEvent, type Rejection, ruleOf } from '../contract/check-breach-event.ts'
import { isExpired } from '../contract/fence.ts'

const EXPIRED: Problem = {
  code: 'expired',
  field: 'expirytime',
  rule: 'has passed: nobody would be reset',
}

/**
 * Checks a breach event and its members as fan-out does, except that there may be more than 10,000 members: a longer list is cut.
 * Returns every problem, and the event with its good members and without unknown keys, unless nobody could be reset by it.
 * `now` in ms since the epoch.
 */
export function checkEvent(value: unknown, now: number): { event?: BreachEvent; problems: Problem[] } {
  const rows = membersOf(value)
  const head = rows.length > MAX_MEMBERS ? withMembers(value, rows.slice(0, MAX_MEMBERS)) : value
  const checked = checkBreachEvent(head, now)
  if (checked.kind === 'rejected') return { problems: explain(checked.rejection, head) }
  if (isExpired(checked.event, now)) return { problems: [EXPIRED] }
  const misplaced = findMisplacedKeys(value as object, rows)
  if (misplaced.length > 0) return { problems: misplaced }

  const parsed = rows.map((row) => MemberSchema.safeParse(row))
  const problems = parsed.flatMap(({ error }, index) =>
    toProblems('invalid_member', error, ['data', 'members', index]),
  )
  const members = parsed.flatMap(({ data }) => (data ? [data] : []))
  if (members.length === 0) return { problems }
  return { event: { ...checked.event, data: { ...checked.event.data, members } }, problems }
}

function membersOf(value: unknown): readonly unknown[] {
  const data = typeof value === 'object' && value !== null && 'data' in value ? value.data : undefined
  const members = typeof data === 'object' && data !== null && 'members' in data ? data.members : undefined
  return Array.isArray(members) ? members : []
}

function withMembers(value: unknown, members: readonly unknown[]): unknown {
  const event = value as { data: object }
  return { ...event, data: { ...event.data, members } }
}

function explain({ code, detail }: Rejection, value: unknown): Problem[] {
  if (code === 'invalid_event') return toProblems(code, UncheckedBreachEventSchema.safeParse(value).error, [])
  return [toProblem(code, detail)]
}

function toProblems(
  code: Problem['code'],
  error: z.ZodError | undefined,
  parent: readonly PropertyKey[],
): Problem[] {
  return (error?.issues ?? []).map((issue) => ({
    code,
    field: [...parent, ...issue.path].join('.') || 'event',
    rule: ruleOf(issue),
  }))
}

/** Fields that limit what an event does, and where they belong. Without them it resets more people than intended. */
const PLACES = new Map([
  ['mode', 'data.mode'],
  ['dryrun', 'data.mode'],
  ['exposedat', 'data.exposed_at'],
  ['expirytime', 'expirytime'],
])
/** Any other name may be personal data. */
const NAME = /^[a-z_-]{4,20}$/i

/** Finds such fields in the wrong place or spelling, where they would be dropped as unknown keys: `exposedAt`, or a `mode` next to `data`. */
function findMisplacedKeys(event: object, members: readonly unknown[]): Problem[] {
  const data = 'data' in event ? event.data : undefined
  return [
    ...lookInto(event, ''),
    ...lookInto(data, 'data.'),
    ...lookInto((data as { breach?: unknown } | undefined)?.breach, 'data.breach.'),
    ...members.flatMap((member, index) => lookInto(member, `data.members.${index}.`)),
  ]
}

function lookInto(value: unknown, parent: string): Problem[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((key) => {
    const place = NAME.test(key) ? PLACES.get(key.toLowerCase().replace(/[_-]/g, '')) : undefined
    if (place === undefined || place === `${parent}${key}`) return []
    return [
      { code: 'misplaced_key', field: `${parent}${key}`, rule: `must be ${place}, or it has no effect` },
    ]
  })
}

/**
 * Why an event, or members of it, can't be sent. `code`: what its dead letter would say (docs/contract.md), or `misplaced_key` for a
 * key that would be dropped although it limits what the event does. `field`: where, such as `data.members.3.email_address`. Never
 * holds a value.
 */
export type Problem = {
  code: Rejection['code'] | 'invalid_member' | 'expired' | 'over_limit' | 'misplaced_key'
  field: string
  rule: string
}

/** Makes a problem of a detail that says `field: rule`. */
export function toProblem(code: Problem['code'], detail: string): Problem {
  const [field = '', ...rule] = detail.split(': ')
  return { code, field, rule: rule.join(': ') }
}
