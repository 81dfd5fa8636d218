import { expect, it } from 'vitest'
import { retryDelay } from '../../../lib/flow/retry-delay.ts'

it('grows from seconds to the fifteen minutes that SQS allows, half of it random', () => {
  expect([0, 1, 2, 6, 100].map((attempts) => retryDelay(attempts, () => 0))).toEqual([8, 15, 30, 450, 450])
  expect([0, 1, 2, 6, 100].map((attempts) => retryDelay(attempts, () => 1))).toEqual([15, 30, 60, 900, 900])
})
