import { describe, expect, it } from 'vitest'
import { countDown } from '../../../lib/flow/count-down.ts'
import { createClock } from '../../fakes/create-clock.ts'

function started(ms: number) {
  const clock = createClock()
  return { clock, left: countDown(clock, ms) }
}

describe('a count-down', () => {
  it('ends when its time has passed', () => {
    const { clock, left } = started(1000)
    expect(left()).toBe(1000)
    clock.advance(400)
    expect(left()).toBe(600)
    clock.advance(601)
    expect(left()).toBe(0)
  })

  it('ends in time although the wall clock is set back', () => {
    const { clock, left } = started(1000)
    clock.set(-3_600_000)
    clock.advance(999)
    expect(left()).toBe(1)
  })

  it('ends late by no more than the time it was not asked, when the clock is set back while the process is frozen', () => {
    const { clock, left } = started(1000)
    clock.freeze(500)
    clock.set(-3_600_000)
    expect(left()).toBe(1000)
    clock.freeze(999)
    expect(left()).toBe(1)
  })

  it('ends in time although the process is frozen', () => {
    const { clock, left } = started(1000)
    clock.freeze(999)
    expect(left()).toBe(1)
  })
})
