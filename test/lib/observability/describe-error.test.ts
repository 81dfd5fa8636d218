import { expect, it } from 'vitest'
import { describeError } from '../../../lib/observability/describe-error.ts'

it.each([
  ['a message', new RangeError('canary@x.example')],
  ['a message that looks like a stack', new RangeError('oops\n    at canary@x.example')],
  ['no error at all', 'canary@x.example'],
])('tells name and place of %s, and not what it says', (_, error) => {
  const described = describeError(error)
  expect(JSON.stringify(described)).not.toContain('canary')
  if (error instanceof Error)
    expect(described).toMatchObject({ error_name: 'RangeError', thrown_at: expect.stringMatching(/^at /) })
  else expect(described).toEqual({ error_name: 'string' })
})

it('tells the code of a system error', () => {
  expect(describeError(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toMatchObject({
    error_code: 'ECONNRESET',
  })
})
