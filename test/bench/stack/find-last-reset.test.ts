import { expect, it } from 'vitest'
import { findLastReset } from './find-last-reset.ts'

const call = (email: string, at: number, effect: 'deleted' | 'none' = 'deleted') =>
  ({ email, at, effect, status: 200, requestId: '' }) as const
const people = new Set(['ada', 'bob'])

it('is the first reset of whoever was reset last', () => {
  expect(findLastReset([call('ada', 1), call('bob', 2), call('eve', 3), call('ada', 4)], people)).toBe(2)
})

it('is not known while somebody has not been reset', () => {
  expect(findLastReset([call('ada', 1), call('bob', 2, 'none')], people)).toBeUndefined()
})
