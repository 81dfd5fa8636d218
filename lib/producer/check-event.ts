import type * as z from 'zod'
import type { BreachEvent } from '../contract/breach-event.ts'
import { checkBreachEvent } from '../contract/check-breach-event.ts'
import { MemberSchema } from '../contract/member.ts'
import type { Rejection } from '../contract/rejection.ts'
import { UncheckedBreachEventSchema } from '../contract/unchecked-breach-event.ts'
import type { Problem } from './problem.ts'

const MOST_IN_AN_EVENT = 10_000

/**
 * Checks a breach event as fan-out does, and its members; only that these may be more than 10,000, for a longer list is cut.
 * Returns every problem, and the event with its good members and without unknown keys, unless nobody could be reset
 * by it. `now` in ms since the epoch.
 */
export function checkEvent(value: unknown, now: number): { event?: BreachEvent; problems: Problem[] } {
  const rows = membersOf(value)
  const head = rows.length > MOST_IN_AN_EVENT ? withMembers(value, rows.slice(0, MOST_IN_AN_EVENT)) : value
  const checked = checkBreachEvent(head, now)
  if (checked.kind === 'rejected') return { problems: explain(checked.rejection, head) }
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
  const [field = '', ...rule] = detail.split(': ')
  return [{ code, field, rule: rule.join(': ') }]
}

function toProblems(
  code: Problem['code'],
  error: z.ZodError | undefined,
  parent: readonly PropertyKey[],
): Problem[] {
  const issues = error?.issues ?? []
  return issues.map(({ path, message }) => ({
    code,
    field: [...parent, ...path].join('.') || 'event',
    rule: message,
  }))
}
