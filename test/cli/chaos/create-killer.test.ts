import { describe, expect, it, vi } from 'vitest'
import { createKiller as create } from '../../../cli/start/chaos/faults.ts'

function createKiller(kill: () => number, random: () => number, callsEachTime = 20) {
  let calls = 0
  const more = () => {
    calls += callsEachTime
    return calls
  }
  return create({ kill, random, calls: more })
}

describe('createKiller', () => {
  it('kills a function while it works, and waits until it does', () => {
    const kill = vi.fn().mockReturnValueOnce(0).mockReturnValueOnce(2)
    const killer = createKiller(kill, () => 0)
    killer.arm({ victim: 'requireReset', moment: 'while it works' })
    for (let look = 0; look < 5; look++) killer.look()
    expect(kill.mock.calls).toEqual([['requireReset'], ['requireReset']])
    expect(killer.killed()).toEqual({ fanOut: 0, requireReset: 2 })
  })

  it('kills at a request of the victim, once', () => {
    const killer = createKiller(
      () => 1,
      () => 0,
    )
    killer.arm({ victim: 'fanOut', moment: 'at a request' })
    killer.look()
    const callers = ['RequireReset1A', 'FanOut2B', 'FanOut2B']
    expect(callers.map((caller) => killer.atRequest({ caller }))).toEqual([false, true, false])
    expect(killer.killed()).toEqual({ fanOut: 1, requireReset: 0 })
  })

  it('has a process die before its answer is taken, by whoever holds the answer', () => {
    const kill = vi.fn(() => 1)
    const killer = createKiller(kill, () => 0)
    killer.arm({ victim: 'requireReset', moment: 'before its answer is taken' })
    expect([killer.beforeAnswer('FanOut2B'), killer.beforeAnswer('RequireReset1A')]).toEqual([false, true])
    expect(killer.killed()).toEqual({ fanOut: 0, requireReset: 1 })
    expect(kill).not.toHaveBeenCalled()
  })

  it('lets most looks and requests of its victim pass first', () => {
    const chances = [0.9, 0.9, 0]
    const killer = createKiller(
      () => 1,
      () => chances.shift() ?? 1,
    )
    killer.arm({ victim: 'fanOut', moment: 'at a request' })
    expect([1, 2, 3].map(() => killer.atRequest({ caller: 'FanOut2B' }))).toEqual([false, false, true])
    killer.arm({ victim: 'fanOut', moment: 'while it works' })
    killer.look()
    expect(killer.killed().fanOut).toBe(1)
  })

  it('lets a system work that has hardly called anybody since the last kill', () => {
    const killer = createKiller(
      () => 1,
      () => 0,
      14,
    )
    killer.arm({ victim: 'requireReset', moment: 'while it works' })
    killer.look()
    expect(killer.killed().requireReset).toBe(0)
  })

  it('kills nobody once it is disarmed', () => {
    const killer = createKiller(
      () => 1,
      () => 0,
    )
    killer.arm({ victim: 'fanOut', moment: 'while it works' })
    killer.disarm()
    killer.look()
    expect(killer.killed()).toEqual({ fanOut: 0, requireReset: 0 })
  })
})
