import { describe, expect, it } from 'vitest'
import { AWS_FAULTS, STYTCH_FAULTS } from './faults.ts'
import { planChaos } from './schedule.ts'

const seeds = Array.from({ length: 50 }, (_, seed) => seed)

describe('the schedule of a chaos run', () => {
  it('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planChaos({ seed, seconds: 20, events: 8 })
    expect(plan(7)).toEqual(plan(7))
    expect(plan(7)).not.toEqual(plan(8))
  })

  it('delivers every event, some of them twice, and ends in time', () => {
    for (const seed of seeds) {
      const steps = planChaos({ seed, seconds: 30, events: 40 })
      const delivered = steps.flatMap((step) => (step.kind === 'deliver' ? [step.event] : []))
      expect(new Set(delivered).size).toBe(40)
      expect(delivered.length).toBeGreaterThan(40)
      const times = steps.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times.at(-1)).toBeLessThanOrEqual(30_000)
    }
  })

  it('arms every fault, rotates the key and kills every function at every moment in 20 seconds', () => {
    for (const seed of seeds) {
      const steps = planChaos({ seed, seconds: 20, events: 8 })
      const faults = new Set(steps.flatMap((step) => ('fault' in step ? [step.fault] : [])))
      expect(faults).toEqual(new Set([...Object.keys(STYTCH_FAULTS), ...Object.keys(AWS_FAULTS)]))
      const kills = steps.flatMap((step) => (step.kind === 'kill' ? [`${step.victim} ${step.moment}`] : []))
      expect(new Set(kills).size).toBe(9)
      expect(steps.some(({ kind }) => kind === 'rotate key')).toBe(true)
    }
  })
})
