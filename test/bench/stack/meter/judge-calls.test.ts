import { expect, it } from 'vitest'
import { judgeCalls } from './judge-calls.ts'

const call = (at: number, status = 200) => ({ at, status, email: '', effect: 'none' as const, requestId: '' })

it('finds the busiest second wherever it begins, and what of it is over the budget', () => {
  const calls = [call(0), call(900), call(950, 429), call(1899), call(1900)]
  expect(judgeCalls(calls, 2)).toEqual({
    ...{ calls: 5, perSecond: 4 / 1.9, busiestSecond: 3, beyondBudget: 1, throttled: 1 },
  })
})

it('finds nothing over a budget that is kept', () => {
  expect(judgeCalls([call(0), call(1000)], 2)).toMatchObject({ busiestSecond: 1, beyondBudget: 0 })
})
