import { expect, it } from 'vitest'
import { toLocalStage } from '../../../cli/start/local-stage.ts'

it.each([
  [500, false, 10_000],
  [500, true, 1000],
  [5000, true, 5000],
  [1_000_000, true, 10_000],
])('for %i rows, kept: %s, it takes %i members in an event', (rows, kept, limit) => {
  expect(toLocalStage(rows, kept).maxMembersPerEvent).toBe(limit)
})
