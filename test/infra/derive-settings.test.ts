import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { stages } from '../../infra/stages.ts'

describe('deriveSettings', () => {
  it('shares the request budget out, less one call a second each', () => {
    const settings = deriveSettings({ ...stages.dev, stytchRequestsPerSecond: 60, maximumConcurrency: 3 })
    expect(settings.requestsPerSecond).toBe(19)
  })

  it.each(Object.entries(stages))('gives %s a batch that fits the time to call in', (_, stage) => {
    const settings = deriveSettings(stage)
    const seconds =
      stage.functionTimeoutSeconds - stage.stytchTimeoutSeconds - settings.settleReserveMs / 1000
    const members = settings.recordsPerBatch * settings.membersPerMessage
    expect(members / settings.requestsPerSecond).toBeLessThanOrEqual(seconds)
  })

  it.each([
    ['stytchRequestsPerSecond 3 leaves', { stytchRequestsPerSecond: 3 }],
    ['maximumConcurrency must be from 2 to 1000', { maximumConcurrency: 1 }],
    ['retryHorizonHours must be from 2 to 336', { retryHorizonHours: 1 }],
    ['functionTimeoutSeconds must be from 1 to 900', { functionTimeoutSeconds: 901 }],
    ['stytchTimeoutSeconds must be from 1 to 900', { stytchTimeoutSeconds: Number.NaN }],
    ['memoryMb must be from 128 to 10240', { memoryMb: 64 }],
    ['maxMembersPerEvent must be from 1 to 10000', { maxMembersPerEvent: 20_000 }],
    ['mode must be enforce or dry_run', { mode: 'enforced' as never }],
    ['functionTimeoutSeconds leaves no time', { functionTimeoutSeconds: 10 }],
  ])("refuses a stage that can't work: %s", (sentence, knobs) => {
    expect(() => deriveSettings({ ...stages.dev, ...knobs })).toThrow(`this stage can't work: ${sentence}`)
  })
})
