import { Duration } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { type Stage, toStage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

function problemOf(stage: Stage): string {
  try {
    deriveSettings(toStage(stage))
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

describe('deriveSettings', () => {
  it('shares the rate out among the execution environments', () => {
    const settings = deriveSettings({ ...stages.dev, stytchRequestsPerSecond: 60, maximumConcurrency: 3 })
    expect(settings.requestsPerSecond).toBe(20)
  })

  it.each([
    ['dev', stages.dev],
    ['prod', stages.prod],
    ['the fastest stage', { ...stages.prod, stytchRequestsPerSecond: 10_000 }],
  ])('leaves %s as it is when its derived settings are given', (_, stage) => {
    const { recordsPerBatch, membersPerMessage, visibilityTimeoutSeconds } = deriveSettings(stage)
    const visibilityTimeout = Duration.seconds(visibilityTimeoutSeconds)
    const given = { ...stage, recordsPerBatch, membersPerMessage, visibilityTimeout }
    expect(deriveSettings(given)).toEqual(deriveSettings(stage))
  })

  it.each(Object.entries(stages))('gives %s a batch that there is time to call', (_, stage) => {
    const settings = deriveSettings(stage)
    const seconds =
      stage.functionTimeout.toSeconds() - stage.stytchTimeout.toSeconds() - settings.settleReserveMs / 1000
    const members = settings.recordsPerBatch * settings.membersPerMessage
    expect(members / (0.96 * settings.requestsPerSecond)).toBeLessThanOrEqual(seconds)
  })

  it.each([
    [50, 15, 25],
    [400, 50, 70],
    [2000, 250, 350],
  ])(
    'bounds at %i calls a second what an environment has in flight and what a crash can repeat',
    (rate, inFlight, unrecorded) => {
      const settings = deriveSettings({ ...stages.prod, stytchRequestsPerSecond: rate })
      expect(settings).toMatchObject({ callsInFlight: inFlight, maxUnrecorded: unrecorded })
    },
  )

  it.each([1, 2, 7, 10, 30, 60])(
    'advises a function timeout that it then accepts, for calls of %i seconds',
    (seconds) => {
      const stage = {
        ...{ ...stages.dev, stytchRequestsPerSecond: 9, maximumConcurrency: 3, recordsPerBatch: 1 },
        ...{ stytchTimeout: Duration.seconds(seconds), functionTimeout: Duration.seconds(1) },
        endSessions: false,
      }
      const advised = problemOf(stage).match(/raise it to (\d+)/)?.[1]
      const functionTimeout = Duration.seconds(Number(advised))
      expect(() => deriveSettings({ ...stage, functionTimeout })).not.toThrow()
    },
  )

  it('says what is wrong when there is no stage', () => {
    expect(problemOf(undefined as never)).toBe(
      "these settings can't work: the argument must be an object of settings",
    )
  })

  it('keeps whole milliseconds for settling, whatever the function timeout', () => {
    const reserves = Array.from({ length: 840 }, (_, index) =>
      deriveSettings({ ...stages.dev, functionTimeout: Duration.seconds(60 + index) }),
    ).map(({ settleReserveMs }) => settleReserveMs)
    expect(reserves.filter((ms) => !Number.isInteger(ms))).toEqual([])
    expect(reserves[0]).toBe(12_000)
  })
})
