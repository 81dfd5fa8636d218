import { Duration } from 'aws-cdk-lib/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

function sessionsOf(settings: Partial<Stage> = {}, stage: Stage = stages.prod) {
  const { sessions, ...others } = deriveSettings({ ...stage, ...settings })
  if (!sessions) throw new Error('the stage has no end-sessions')
  return { ...sessions, membersPerMessage: others.membersPerMessage }
}

function sessionsOrRefusal(settings: Partial<Stage>) {
  try {
    return [sessionsOf(settings)] as const
  } catch (error) {
    return [undefined, String(error)] as const
  }
}

describe('the settings of end-sessions', () => {
  it('are none in a stage without it', () => {
    expect(deriveSettings({ ...stages.prod, endSessions: false }).sessions).toBeUndefined()
  })

  it('are those of prod when nothing is said', () => {
    expect(sessionsOf()).toEqual({
      ...{ concurrency: 2, searchesPerMinute: 50, revocationsPerSecond: 25, readBacksPerSecond: 25 },
      ...{ callsInFlight: 15, recordsPerBatch: 71, membersPerMessage: 7 },
      ...{ windowSeconds: 5, visibilityTimeoutSeconds: 6 * 60 + 5 },
    })
  })

  it.each([
    [{ sessionSearchesPerMinute: 100 }, 10],
    [{ sessionSearchesPerMinute: 61 }, 6],
    [{ sessionSearchesPerMinute: 15 }, 2],
    [{ sessionSearchesPerMinute: 100_000 }, 20],
    [{ sessionSearchesPerMinute: 100_000, maximumConcurrency: 10 }, 10],
  ])('run in as many environments as share the searches well: %j', (settings, concurrency) => {
    const stage = {
      stytchRequestsPerSecond: 200,
      maximumConcurrency: 20,
      functionTimeout: Duration.seconds(900),
    }
    expect(sessionsOf({ ...stage, ...settings })).toMatchObject({ concurrency })
  })

  it('share out each rate, and never more than the whole of it', () => {
    const rates = {
      ...{ maximumConcurrency: 3, stytchRequestsPerSecond: 60, sessionSearchesPerMinute: 200 },
      ...{ sessionRevocationsPerSecond: 100, sessionReadBacksPerSecond: 7 },
    }
    const shares = { searchesPerMinute: 66, revocationsPerSecond: 33, readBacksPerSecond: 2 }
    expect(sessionsOf(rates)).toMatchObject({ concurrency: 3, ...shares })
  })

  it.each([
    [{ sessionSearchesPerMinute: 65 }, { concurrency: 5, searchesPerMinute: 13 }],
    [{ sessionRevocationsPerSecond: 19 }, { concurrency: 9, revocationsPerSecond: 2 }],
    [{ sessionReadBacksPerSecond: 3 }, { concurrency: 3, readBacksPerSecond: 1 }],
    [{ sessionReadBacksPerSecond: 7, sessionRevocationsPerSecond: 8 }, { concurrency: 7 }],
    [
      { sessionSearchesPerMinute: 29, sessionReadBacksPerSecond: 5 },
      { concurrency: 2, readBacksPerSecond: 2 },
    ],
  ])('run in fewer environments where a share would be rounded badly: %j', (settings, expected) => {
    const stage = {
      stytchRequestsPerSecond: 200,
      maximumConcurrency: 20,
      functionTimeout: Duration.seconds(900),
    }
    expect(sessionsOf({ ...stage, ...settings })).toMatchObject(expected)
  })

  it('lose at most a fifth of a rate, of any that is accepted; refused are only rates of 1 and 3', () => {
    const rate = (min: number, max: number) =>
      fc.oneof(fc.integer({ min, max: 30 }), fc.integer({ min: 31, max }))
    const settings = fc.record({
      maximumConcurrency: fc.oneof(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 21, max: 1_000 })),
      sessionSearchesPerMinute: rate(2, 100_000),
      sessionRevocationsPerSecond: rate(1, 10_000),
      sessionReadBacksPerSecond: rate(1, 10_000),
    })
    fc.assert(
      fc.property(settings, ({ maximumConcurrency, ...rates }) => {
        const stytchRequestsPerSecond = maximumConcurrency
        const stage = {
          stytchRequestsPerSecond,
          maximumConcurrency,
          functionTimeout: Duration.seconds(900),
          ...rates,
        }
        const [sessions, refusal] = sessionsOrRefusal(stage)
        if (!sessions) {
          expect(refusal).toMatch(/: session\w+ [13] can't be shared by 2 environments/)
          return
        }
        const { concurrency } = sessions
        expect(concurrency).toBeLessThanOrEqual(maximumConcurrency)
        for (const [share, rate] of [
          [sessions.searchesPerMinute, rates.sessionSearchesPerMinute],
          [sessions.revocationsPerSecond, rates.sessionRevocationsPerSecond],
          [sessions.readBacksPerSecond, rates.sessionReadBacksPerSecond],
        ] as const) {
          expect(share * concurrency).toBeLessThanOrEqual(rate)
          expect(share * concurrency).toBeGreaterThanOrEqual(0.8 * rate)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('give a slow project fewer messages at once, and a fast one a hundred', () => {
    const slow = { sessionRevocationsPerSecond: 2 }
    const fast = { sessionRevocationsPerSecond: 1_000, sessionReadBacksPerSecond: 1_000 }
    expect(sessionsOf(slow).recordsPerBatch).toBeLessThan(10)
    expect(sessionsOf({ ...fast, sessionSearchesPerMinute: 6_000 }).recordsPerBatch).toBe(100)
  })

  it.each([
    [50, 15],
    [400, 100],
    [10_000, 450],
  ])('bound at %i members a second the calls in flight to each of two endpoints', (rate, callsInFlight) => {
    expect(sessionsOf({ stytchRequestsPerSecond: rate })).toMatchObject({ callsInFlight })
  })

  it('hide a message for its time in the window, too', () => {
    expect(
      sessionsOf({ visibilityTimeout: Duration.seconds(1_000), sessionsWindow: Duration.seconds(30) }),
    ).toMatchObject({
      visibilityTimeoutSeconds: 1_030,
    })
    const longest = sessionsOf({ visibilityTimeout: Duration.hours(12) })
    expect(longest.visibilityTimeoutSeconds).toBe(43_200)
  })
})

describe.each(Object.entries<Stage>(stages))('a full batch of %s', (_, stage) => {
  it('leaves time to search, to log out and to read back', () => {
    const sessions = sessionsOf({}, stage)
    const seconds = 0.8 * stage.functionTimeout.toSeconds() - stage.stytchTimeout.toSeconds()
    const people = sessions.recordsPerBatch * sessions.membersPerMessage
    const searching = (2 * Math.ceil(people / 100) * 60) / sessions.searchesPerMinute
    const members = 1.25 * people
    for (const rate of [sessions.revocationsPerSecond, sessions.readBacksPerSecond])
      expect(searching + members / (0.96 * rate)).toBeLessThanOrEqual(seconds)
  })
})

it('a function timeout that is refused comes with one that is accepted', () => {
  const stage = { ...stages.prod, sessionSearchesPerMinute: 4 }
  const refusal = (seconds: number) => {
    try {
      return deriveSettings({ ...stage, functionTimeout: Duration.seconds(seconds) }) && ''
    } catch (error) {
      return String(error)
    }
  }
  const advised = Number(/raise it to (\d+)/.exec(refusal(60))?.[1])
  expect(refusal(advised)).toBe('')
  expect(refusal(advised - 1)).toContain('functionTimeout of')
})
