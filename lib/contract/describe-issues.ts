import type * as z from 'zod'
import { ruleOf } from './rule-of.ts'

const MOST_ISSUES = 3

/**
 * Names the field path (below `parent`) and the broken rule of the first issues, and never a value; `whole` is the word for
 * what was checked, where that is no object at all. The schemas have no free-form keys, so a path can't hold one.
 */
export function describeIssues(
  error: z.ZodError,
  parent: readonly PropertyKey[] = [],
  whole = 'event',
): string {
  const described = error.issues
    .slice(0, MOST_ISSUES)
    .map((issue) => `${[...parent, ...issue.path].join('.') || whole}: ${ruleOf(issue)}`)
  const more = error.issues.length - described.length
  return described.join('; ') + (more > 0 ? `; and ${more} more` : '')
}
