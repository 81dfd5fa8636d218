import { expect, it } from 'vitest'
import { describeError } from '../../../lib/observability/describe-error.ts'

function changedLater(): Error {
  const error = new RangeError('oops\n    at canary@x.example')
  return Object.assign(error, { message: 'oops' })
}

it.each([
  ['a message', new RangeError('canary@x.example')],
  ['a message that looks like a stack', new RangeError('oops\n    at canary@x.example')],
  ['a message changed later', changedLater()],
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

it('tells no name and no code that is not a plain word', () => {
  const error = Object.assign(new Error('x'), { name: 'canary@x.example', code: 'canary@x.example' })
  expect(describeError(error)).toEqual({ error_name: 'Error', thrown_at: expect.any(String) })
})
