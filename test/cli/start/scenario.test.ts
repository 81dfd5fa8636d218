import { describe, expect, it } from 'vitest'
import { toLocalStage } from '../../../cli/start/local-stage.ts'
import { sampleMember } from '../../../cli/start/sample-project.ts'
import { makeBreach } from '../../../cli/start/scenario.ts'
import { deriveSettings } from '../../../infra/derive-settings.ts'
import { localStage } from '../../../infra/local/local-stage.ts'

it('a made breach has the same events each time it is iterated, with every row once', () => {
  const breach = makeBreach(25, 1_700_000_000_000, 10)
  const events = [...breach.events]
  expect(events.map(({ data }) => data.members.length)).toEqual([10, 10, 5])
  expect(new Set(events.map(({ id }) => id)).size).toBe(3)
  expect([...breach.events]).toEqual(events)
  expect([...breach.bodies].map((body) => JSON.parse(body))).toEqual(events)
  const rows = Array.from({ length: breach.rows }, (_, index) => sampleMember(index).input)
  expect(events.flatMap(({ data }) => data.members)).toEqual(rows)
})

describe('the stage of a run', () => {
  it('is the local stage when the run is short', () => {
    expect(toLocalStage(9_999)).toEqual(localStage)
  })

  it('has a larger budget that works when the run is long', () => {
    const stage = toLocalStage(10_000)
    expect(stage.stytchRequestsPerSecond).toBeGreaterThan(localStage.stytchRequestsPerSecond)
    expect(deriveSettings(stage).requestsPerSecond).toBeGreaterThan(1)
  })
})
