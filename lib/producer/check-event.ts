import type * as z from 'zod'
import {
  type BreachEvent,
  MAX_MEMBERS,
  MemberSchema,
  UncheckedBreachEventSchema,
} from '../contract/breach-event.ts'
import { checkBreachEvent, ruleOf } from '../contract/check-breach-event.ts'
import { isExpired } from '../contract/fence.ts'
import { findMisplacedLimits, type MisplacedLimit, placeRule } from '../contract/misplaced-limits.ts'
import type { Rejection } from '../contract/parse-json.ts'

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
  const misplaced = findMisplacedLimits(value)
  if (misplaced.length > 0) return { problems: misplaced.map(toMisplaced) }
  if (isExpired(checked.event, now)) return { problems: [EXPIRED] }

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

function toMisplaced({ field, place }: MisplacedLimit): Problem {
  return { code: 'misplaced_limit', field, rule: placeRule(place) }
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

/**
 * Why an event, or members of it, can't be sent. `code`: what its dead letter would say (docs/contract.md). `field`: where in the
 * event, such as `data.members.3.email_address`. Never holds a value.
 */
export type Problem = {
  code: Rejection['code'] | 'invalid_member' | 'expired' | 'over_limit'
  field: string
  rule: string
}

/** Makes a problem of a detail that says `field: rule`. */
export function toProblem(code: Problem['code'], detail: string): Problem {
  const [field = '', ...rule] = detail.split(': ')
  return { code, field, rule: rule.join(': ') }
}
