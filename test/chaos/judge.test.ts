import { describe, expect, it } from 'vitest'
import type { RowEnd } from '../../cli/start/tally.ts'
import type { OnBatch } from '../../infra/local/boot.ts'
import type { SimulatorCall } from '../../infra/local/stytch/calls.ts'
import { NO_REASON } from '../../lib/contract/codes.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import {
  type ChaosReport,
  createInvocationLog,
  explainRepeats,
  findWrongs,
  type Invocation,
  toJson,
  toSummary,
} from './judge.ts'

const ADA = 'ada@customer.example'
const LIN = 'lin@customer.example'
const call = (at: number, rest: Partial<SimulatorCall> = {}): SimulatorCall => ({
  ...{ at, email: ADA, status: 200, effect: 'deleted', requestId: `request-${at}` },
  ...rest,
})
const invocation = (from: number, to: number, rest: Partial<Invocation> = {}): Invocation => ({
  ...{ from, to, people: new Set([ADA]), end: 'settled' },
  ...rest,
})

describe('a reset after a reset', () => {
  const because = (calls: SimulatorCall[], invocations: Invocation[] = [], unrecorded = 25) =>
    explainRepeats({ calls, invocations, unrecorded })

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

  it('is not explained by an answer that was only slow, nor by a fault of the later call', () => {
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
    ['named others', invocation(0, 5000, { end: 'killed', people: new Set([LIN]) })],
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
    expect(because(calls, [invocation(0, 3000), invocation(500, 4000)])).toEqual(['same_moment'])
    expect(because(calls, [invocation(0, 3000)])).toEqual(['unexplained'])
    expect(because([call(1000), call(9000)], [invocation(0, 3000), invocation(7000, 9500)])).toEqual([
      'unexplained',
    ])
  })

  it('counts only calls that really reset, each against the one before', () => {
    const calls = [call(1000, { fault: 'hang', status: 0 }), call(2000), call(3000, { effect: 'none' })]
    expect(because([...calls, call(90_000)])).toEqual(['unanswered', 'unexplained'])
    expect(because([call(1000), call(1100, { email: LIN })])).toEqual([])
  })
})

describe('the judgement of a chaos run', () => {
  const end = (kind: RowEnd['kind'], code: string, email: string | undefined = ADA): RowEnd => ({
    ...{ kind, code, email },
  })
  const CALM = { finished: 7, refused: 0, open: 0, neverSaid: 0, saidTooEarly: 0, lost: 0 }
  /** The row that SQS dead-lettered is of one of the open runs. */
  const BROKEN = { ...CALM, finished: 5, open: 2, neverSaid: 1, lost: 1 }
  const good: ChaosReport = {
    ...{ seed: 1, seconds: 20, inQueue: 0, cutShort: 2, stolenAlive: 0, sessionsAlive: 0, unrecorded: 25 },
    hits: new Map([
      ['Stytch: hang', 2],
      ['Stytch: slow', 1],
    ]),
    first: [end('reset', 'reset'), end('skipped', 'duplicate'), end('dead_lettered', NO_REASON, LIN)],
    again: [end('skipped', 'covered')],
    calls: [call(1000, { status: 0, fault: 'hang' }), call(2000)],
    invocations: [invocation(0, 5000)],
    newPasswords: { chosen: 5, alive: 5 },
    facts: { first: BROKEN, again: CALM },
    logs: { lines: 9, leaks: 0 },
  }

  it('is good when repeats are explained, whatever SQS dead-lettered under faults', () => {
    expect(findWrongs(good)).toEqual([])
    expect(toJson(good)).toMatchObject({ wrong: [], repeats: { unanswered: 1, unexplained: 0 } })
    expect(toSummary(good)).toMatch(/\nAll well\.\n/)
  })

  it.each<[string, Partial<ChaosReport>]>([
    ['1 rows without an outcome', { first: [...good.first, end('missing', 'missing')] }],
    ['1 rows without an outcome', { again: [end('missing', 'missing'), end('skipped', 'covered')] }],
    ['2 messages left', { inQueue: 2 }],
    ['1 stolen passwords alive', { stolenAlive: 1 }],
    ['1 stolen sessions alive', { sessionsAlive: 1 }],
    [
      '1 people passed on to end-sessions without an outcome',
      {
        first: [...good.first, { ...end('reset', 'reset'), sessions: { kind: 'missing', code: 'missing' } }],
      },
    ],
    [
      '1 rows of the second delivery that SQS dead-lettered',
      {
        again: [{ ...end('skipped', 'covered'), sessions: { kind: 'dead_lettered', code: NO_REASON } }],
      },
    ],
    ['1 repeated resets that nothing explains', { calls: [call(1000), call(61_000)] }],
    ['1 people reset before and not covered', { again: [end('reset', 'reset')] }],
    ['2 new passwords lost', { newPasswords: { chosen: 5, alive: 3 } }],
    [
      '1 rows of the second delivery that SQS dead-lettered',
      { again: [end('dead_lettered', NO_REASON, LIN), ...good.again] },
    ],
    ['1 runs that stay open', { facts: { first: { ...BROKEN, open: 3 }, again: CALM } }],
    ['1 runs that stay open', { facts: { first: BROKEN, again: { ...CALM, open: 1 } } }],
    ['1 finished runs that no outcome', { facts: { first: { ...BROKEN, neverSaid: 2 }, again: CALM } }],
    ['1 finished runs that no outcome', { facts: { first: BROKEN, again: { ...CALM, neverSaid: 1 } } }],
    [
      '1 runs called finished that are not',
      { facts: { first: BROKEN, again: { ...CALM, saidTooEarly: 1 } } },
    ],
    ['1 kinds of fault that never hit, slow', { hits: new Map([...good.hits, ['slow', 0]]) }],
    ['1 log lines with an e-mail address', { logs: { lines: 9, leaks: 1 } }],
  ])('says %s', (sentence, broken) => {
    const report = { ...good, ...broken }
    expect(findWrongs(report)).toEqual([expect.stringContaining(sentence)])
    expect(toJson(report).wrong).toEqual(findWrongs(report))
    expect(toSummary(report)).toMatch(/\nNot well: /)
    expect(toSummary(report)).not.toContain('@')
  })

  it('lets a short run miss a kind of fault', () => {
    expect(findWrongs({ ...good, seconds: 19, hits: new Map([['slow', 0]]) })).toEqual([])
  })

  it('does not ask for the cover of people with a row on the dead-letter queue', () => {
    const first = [
      ...good.first,
      end('reset', 'reset', LIN),
      end('dead_lettered', 'invalid_member', undefined),
    ]
    expect(findWrongs({ ...good, first })).toEqual([])
  })
})

describe('the log of invocations', () => {
  type Batch = Parameters<OnBatch>[0]
  const members = [{ email_address: 'Ada@customer.example' }, { email_address: LIN }]
  const event = breachEvent({ data: { members } })
  const body = JSON.stringify({ ...event, fence: '2026-01-01T00:00:00Z', attempts: 0 })
  const batch = (rest: Partial<Batch>): Batch => ({
    ...{ functionName: 'RequireReset1A', startedAt: 1, endedAt: 5, acknowledged: [], failed: [], deleted: 0 },
    result: { kind: 'answered', payload: {}, durationMs: 4 },
    records: [{ body }, { body: 'rubbish' }] as unknown as Batch['records'],
    ...rest,
  })
  const died = (errorType: string): Batch['result'] => ({
    ...{ kind: 'failed', errorType, errorMessage: '', durationMs: 4 },
  })

  it('keeps when require-reset handled which people, and how that ended', () => {
    const { onBatch, all } = createInvocationLog()
    onBatch(batch({}))
    onBatch(batch({ failed: ['message'] }))
    onBatch(batch({ result: died('Runtime.ExitError') }))
    onBatch(batch({ result: died('Sandbox.Timedout') }))
    onBatch(batch({ functionName: 'FanOut2B' }))
    expect(all().map(({ end }) => end)).toEqual(['settled', 'returned', 'killed', 'timed out'])
    expect(all()[0]).toEqual({ from: 1, to: 5, people: new Set([ADA, LIN]), end: 'settled' })
  })
})
