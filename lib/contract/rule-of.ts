import type * as z from 'zod'

const TYPES: Record<string, string> = { string: 'a text', array: 'a list', object: 'an object' }
const UNITS: Record<string, string> = { string: 'characters', array: 'members' }

/** How zod's own words begin. */
const ZODS = /^(Invalid|Too) /

/** What a field must be, by an issue of a schema: in the schema's own words, or in these instead of zod's. Never a value. */
export function ruleOf(issue: z.core.$ZodIssue): string {
  if (!ZODS.test(issue.message)) return issue.message
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
