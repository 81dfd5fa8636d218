import { expect, it } from 'vitest'
import { toLocalStage } from '../../cli/start/to-local-stage.ts'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { stages } from '../../infra/stages.ts'

it('leaves a short run the local stage as it is', () => {
  expect(toLocalStage(9_999)).toEqual(stages.local)
})

it('gives a long run a greater budget that works', () => {
  const stage = toLocalStage(10_000)
  expect(stage.stytchRequestsPerSecond).toBeGreaterThan(stages.local.stytchRequestsPerSecond)
  expect(deriveSettings(stage).requestsPerSecond).toBeGreaterThan(1)
})
