import { describe, expect, it } from 'vitest'
import { AWS_FAULTS, STYTCH_FAULTS } from '../../../cli/start/chaos/faults.ts'
import { planChaos } from '../../../cli/start/chaos/plan.ts'

const seeds = Array.from({ length: 50 }, (_, seed) => seed)

describe('planChaos', () => {
  it('makes the same choices for the same seed, and others for another', () => {
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
      expect(steps.map(({ atMs }) => atMs)).toEqual(steps.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
      expect(steps.at(-1)?.atMs).toBeLessThanOrEqual(30_000)
    }
  })

  it('deals every fault and kills both functions from 20 seconds on', () => {
    for (const seed of seeds) {
      const steps = planChaos({ seed, seconds: 20, events: 8 })
      const faults = new Set(steps.flatMap((step) => ('fault' in step ? [step.fault] : [])))
      expect(faults).toEqual(new Set([...Object.keys(STYTCH_FAULTS), ...Object.keys(AWS_FAULTS)]))
      const victims = new Set(steps.flatMap((step) => (step.kind === 'kill' ? [step.victim] : [])))
      expect(victims.size).toBe(2)
      expect(steps.some(({ kind }) => kind === 'rotate key')).toBe(true)
    }
  })
})
