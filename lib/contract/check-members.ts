import { describeIssues } from './describe-issues.ts'
import { type Member, MemberSchema } from './member.ts'

export type InvalidMember = { index: number; row: unknown; detail: string }

/** Checks members one by one: the good ones with unknown keys dropped, the bad ones as they came, with field and rule. */
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
