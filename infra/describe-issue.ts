import type * as z from 'zod'

/** What is wrong with a stage, as half a sentence that begins with the knob and says what it must be. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const knob = issue.path.join('.') || 'the stage'
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...issue.path, key].join('.'))
    return `${names.join(', ')} is no knob: infra/stage.ts has all of them`
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object')
    return `${knob} must be an object of knobs`
  return `${knob} ${issue.message}`
}
