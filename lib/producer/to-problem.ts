import type { Problem } from './problem.ts'

/** A problem of a detail that says `field: rule`. */
export function toProblem(code: Problem['code'], detail: string): Problem {
  const [field = '', ...rule] = detail.split(': ')
  return { code, field, rule: rule.join(': ') }
}
