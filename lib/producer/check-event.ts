import type * as z from 'zod'
import { type BreachEvent, MOST_MEMBERS } from '../contract/breach-event.ts'
import { checkBreachEvent } from '../contract/check-breach-event.ts'
import { isExpired } from '../contract/is-expired.ts'
import { MemberSchema } from '../contract/member.ts'
import type { Rejection } from '../contract/rejection.ts'
import { ruleOf } from '../contract/rule-of.ts'
import { UncheckedBreachEventSchema } from '../contract/unchecked-breach-event.ts'
import { findMisplacedKeys } from './find-misplaced-keys.ts'
import type { Problem } from './problem.ts'
import { toProblem } from './to-problem.ts'

const EXPIRED: Problem = {
  code: 'expired',
  field: 'expirytime',
  rule: 'has passed: nobody would be reset',
}

/**
 * Checks a breach event as fan-out does, and its members; only that these may be more than 10,000, for a longer list is cut.
 * Returns every problem, and the event with its good members and without unknown keys, unless nobody could be reset
 * by it. `now` in ms since the epoch.
 */
export function checkEvent(value: unknown, now: number): { event?: BreachEvent; problems: Problem[] } {
  const rows = membersOf(value)
  const head = rows.length > MOST_MEMBERS ? withMembers(value, rows.slice(0, MOST_MEMBERS)) : value
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
