import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

function sessionsOf(settings: Partial<Stage> = {}, stage: Stage = stages.prod) {
  const { sessions, ...others } = deriveSettings({ ...stage, ...settings })
  if (!sessions) throw new Error('the stage has no end-sessions')
  return { ...sessions, membersPerMessage: others.membersPerMessage }
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
    [{ sessionSearchesPerMinute: 65 }, 6],
    [{ sessionSearchesPerMinute: 15 }, 2],
    [{ sessionSearchesPerMinute: 100_000 }, 20],
    [{ sessionSearchesPerMinute: 100_000, maximumConcurrency: 10 }, 10],
  ])('run in as many environments as share the searches well: %j', (settings, concurrency) => {
    const stage = { stytchRequestsPerSecond: 200, maximumConcurrency: 20, functionTimeoutSeconds: 900 }
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
    expect(sessionsOf({ visibilityTimeoutSeconds: 1_000, sessionsWindowSeconds: 30 })).toMatchObject({
      visibilityTimeoutSeconds: 1_030,
    })
    const longest = { visibilityTimeoutSeconds: 43_200 }
    expect(sessionsOf(longest)).toMatchObject(longest)
  })
})

describe.each(Object.entries<Stage>(stages))('a full batch of %s', (_, stage) => {
  it('leaves time to search, to log out and to read back', () => {
    const sessions = sessionsOf({}, stage)
    const seconds = 0.8 * stage.functionTimeoutSeconds - stage.stytchTimeoutSeconds
    const people = sessions.recordsPerBatch * sessions.membersPerMessage
    const searching = (2 * Math.ceil(people / 100) * 60) / sessions.searchesPerMinute
    const members = 1.25 * people
    for (const rate of [sessions.revocationsPerSecond, sessions.readBacksPerSecond])
      expect(searching + members / (0.96 * rate)).toBeLessThanOrEqual(seconds)
  })
})

it('a function timeout that is refused comes with one that is accepted', () => {
  const stage = { ...stages.prod, sessionSearchesPerMinute: 4 }
  const refusal = (functionTimeoutSeconds: number) => {
    try {
      return deriveSettings({ ...stage, functionTimeoutSeconds }) && ''
    } catch (error) {
      return String(error)
    }
  }
  const advised = Number(/raise it to (\d+)/.exec(refusal(60))?.[1])
  expect(refusal(advised)).toBe('')
  expect(refusal(advised - 1)).toContain('functionTimeoutSeconds')
})
