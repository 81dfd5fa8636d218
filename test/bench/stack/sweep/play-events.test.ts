import { expect, it } from 'vitest'
import { stages } from '../../../../infra/stages.ts'
import { playEvents } from './play-events.ts'

const knobs = { maxMembersPerEvent: 10_000, membersPerMessage: 10, recordsPerBatch: 5 }
const stage = { ...stages.prod, mode: 'enforce', ...knobs } as const

it('plays an event until everybody in it is called', async () => {
  const events = [{ members: 100, at: 0 }]
  const { seconds, invocations } = await playEvents({ stage, events, latencyMs: 50, receives: 'full' })
  expect(seconds[0]).toBeGreaterThan(0)
  expect(invocations).toBe(2)
})

it('stops when everybody of the awaited events is called, whoever else still waits', async () => {
  const events = [
    { members: 1000, at: 0 },
    { members: 1, at: 1000 },
  ]
  const played = await playEvents({ stage, events, latencyMs: 50, receives: 'short', awaited: 1 })
  expect(played.seconds).toEqual([Number.NaN, expect.any(Number)])
  expect(played.seconds[1]).toBeGreaterThan(0)
})
