import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ruleOf } from '../../../lib/contract/check-breach-event.ts'

const rulesOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues.map(ruleOf)

describe('ruleOf', () => {
  it.each([
    ['must be given', z.string(), undefined],
    ['must be a text', z.string(), 7],
    ['must be a list', z.array(z.string()), null],
    ['must be an object', z.object({}), 'canary'],
    ['must be one of a, b', z.enum(['a', 'b']), 'canary'],
    ['must not be empty', z.string().min(1), ''],
    ['must have at least one member', z.array(z.string()).min(1), []],
    ['must have at most 3 characters', z.string().max(3), 'canary'],
    ['must have at most 1 members', z.array(z.string()).max(1), ['a', 'canary']],
  ])("says %j for zod's words", (rule, schema, value) => {
    const rules = rulesOf(schema, value)
    expect(rules).toEqual([rule])
    expect(JSON.stringify(rules)).not.toMatch(/canary|received/)
  })

  it('leaves the words of a schema as they are', () => {
    expect(rulesOf(z.int({ error: 'must be Unix seconds' }).max(5, 'must be Unix seconds'), 7)).toEqual([
      'must be Unix seconds',
    ])
    expect(rulesOf(z.object({}, { error: 'must be among them' }), undefined)).toEqual(['must be among them'])
  })
})
