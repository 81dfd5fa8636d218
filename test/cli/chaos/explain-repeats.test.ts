import { describe, expect, it } from 'vitest'
import { explainRepeats } from '../../../cli/start/chaos/judge.ts'
import type { Invocation } from '../../../cli/start/chaos/run.ts'
import type { SimulatorCall } from '../../../infra/local/stytch/simulator.ts'

const ADA = 'ada@customer.example'
const call = (at: number, rest: Partial<SimulatorCall> = {}): SimulatorCall => ({
  ...{ at, email: ADA, status: 200, effect: 'deleted', requestId: `request-${at}` },
  ...rest,
})
const invocation = (from: number, to: number, rest: Partial<Invocation> = {}): Invocation => ({
  ...{ from, to, people: new Set([ADA]), end: 'settled' },
  ...rest,
})
const because = (calls: SimulatorCall[], invocations: Invocation[] = [], unrecorded = 25) =>
  explainRepeats(calls, invocations, unrecorded).map((repeat) => repeat.because)

describe('a reset after a reset', () => {
  it('is unexplained when the earlier call was answered and its invocation settled', () => {
    const invocations = [invocation(0, 5000), invocation(60_000, 65_000)]
    expect(because([call(1000), call(61_000)], invocations)).toEqual(['unexplained'])
  })

  it.each([
    ['no answer', { status: 0, fault: 'hang' }],
    ['an error, though it took effect', { status: 500, fault: 'server_error' }],
    ['a body that broke off', { fault: 'truncated_body' }],
    ['a caller that had gone', { status: 0, fault: 'latency' }],
    ['a slow and broken answer', { fault: 'latency+slow_body' }],
  ])('is explained by %s', (_, rest) => {
    expect(because([call(1000, rest), call(2000)], [invocation(0, 5000)])).toEqual(['unanswered'])
  })

  it('is not explained by an answer that was only slow, nor by what befell the later call', () => {
    const calls = [call(1000, { fault: 'latency' }), call(20_000, { status: 0, fault: 'hang' })]
    expect(because(calls, [invocation(0, 5000), invocation(19_000, 24_000)])).toEqual(['unexplained'])
  })

  it.each(['killed', 'timed out', 'returned'] as const)(
    'is explained by an invocation that ended %s',
    (end) => {
      expect(because([call(1000), call(61_000)], [invocation(0, 5000, { end })])).toEqual(['unrecorded'])
    },
  )

  it.each([
    ['was over before', invocation(-9000, -5000, { end: 'killed' })],
    ['began after', invocation(2000, 5000, { end: 'killed' })],
    ['named others', invocation(0, 5000, { end: 'killed', people: new Set(['lin@customer.example']) })],
  ])('is not explained by an invocation that died and %s', (_, other) => {
    expect(because([call(1000), call(61_000)], [other])).toEqual(['unexplained'])
  })

  it('is explained for so many people of an invocation that died, and no more', () => {
    const people = Array.from({ length: 4 }, (_, index) => `person-${index}@customer.example`)
    const calls = people.flatMap((email) => [call(1000, { email }), call(61_000, { email })])
    const died = invocation(0, 5000, { end: 'killed', people: new Set(people) })
    expect(because(calls, [died], 3)).toEqual(['unrecorded', 'unrecorded', 'unrecorded', 'unexplained'])
  })

  it('is explained by two invocations at the same moment, one for each call', () => {
    const calls = [call(1000), call(1500)]
    expect(because(calls, [invocation(0, 3000), invocation(500, 4000)])).toEqual(['same moment'])
    expect(because(calls, [invocation(0, 3000)])).toEqual(['unexplained'])
    expect(because([call(1000), call(9000)], [invocation(0, 3000), invocation(7000, 9500)])).toEqual([
      'unexplained',
    ])
  })

  it('counts only those that really reset, each against the one before', () => {
    const calls = [call(1000, { fault: 'hang', status: 0 }), call(2000), call(3000, { effect: 'none' })]
    expect(because([...calls, call(90_000)])).toEqual(['unanswered', 'unexplained'])
    expect(because([call(1000), call(1100, { email: 'lin@customer.example' })])).toEqual([])
  })
})
