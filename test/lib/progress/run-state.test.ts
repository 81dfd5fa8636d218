import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { End } from '../../../lib/progress/fact.ts'
import { betterOf, toRunState, toRunStates } from '../../../lib/progress/run-state.ts'
import { accepted, deadLettered, end, ended, fact, NOON, RUN, reset, skipped } from './facts.ts'

const resetFact = (ends: readonly End[], passedOn: readonly number[] = []) => fact({ ends, passedOn })
const sessionsFact = (ends: readonly End[]) => fact({ by: 'end-sessions', ends })
const refused = (at = NOON) =>
  fact({ by: 'fan-out', at, refused: { code: 'expired', detail: 'expirytime: has passed', rows: '0-2' } })

describe('a run', () => {
  it.each([
    ['that was only accepted', [accepted()], 'open'],
    ['with a row that has no end', [accepted(), resetFact([reset(0), reset(2)])], 'open'],
    [
      'whose rows all have an end',
      [accepted(), resetFact([reset(0), reset(1)]), resetFact([reset(2)])],
      'finished',
    ],
    [
      'whose rows all ended at once',
      [{ ...accepted(), ends: [0, 1, 2].map((row) => skipped(row, 'duplicate')) }],
      'finished',
    ],
    ['with somebody whose sessions are open', [accepted({ rows: '0' }), resetFact([reset(0)], [0])], 'open'],
    [
      'whose sessions have ended',
      [accepted({ rows: '0' }), resetFact([reset(0)], [0]), sessionsFact([ended(0)])],
      'finished',
    ],
    [
      'whose sessions are on the dead-letter queue',
      [
        accepted({ rows: '0' }),
        resetFact([reset(0)], [0]),
        sessionsFact([deadLettered(0, 'sessions_alive')]),
      ],
      'finished',
    ],
    [
      'whose sessions ended before it was known that they had to',
      [accepted({ rows: '0' }), sessionsFact([ended(0)])],
      'open',
    ],
    ['that was not accepted yet, or nobody knows it', [resetFact([reset(0)])], 'open'],
    ['that was refused', [refused()], 'refused'],
    [
      'that was refused, although chunks of an earlier try are on their way',
      [refused(), resetFact([reset(0)])],
      'refused',
    ],
    [
      'that was accepted and then refused, with everybody on the way',
      [accepted(), refused(NOON + 1)],
      'open',
    ],
    ['that was refused and then accepted', [refused(NOON - 1), accepted(), resetFact([reset(0)])], 'open'],
    [
      'that was accepted and refused, once everybody has an end',
      [accepted(), refused(), resetFact([reset(0), reset(1), reset(2)])],
      'finished',
    ],
  ] as const)('%s is as the facts together say', (_, facts, state) => {
    expect(toRunState(facts).state).toBe(state)
    expect(toRunState(facts.toReversed()).state).toBe(state)
  })

  it('counts a row once, with the best of its ends in each lane', () => {
    const facts = [
      accepted(),
      resetFact([deadLettered(0, 'expired'), reset(1, 50)], [1]),
      resetFact([skipped(0, 'covered'), skipped(1, 'covered'), reset(1, 40)], [1]),
      sessionsFact([skipped(1, 'sessions_covered')]),
      sessionsFact([ended(1, 60), deadLettered(1, 'sessions_alive')]),
    ]
    expect(toRunState(facts).rows).toEqual([
      { index: 0, reset: skipped(0, 'covered'), isPassedOn: false },
      { index: 1, reset: reset(1, 40), sessions: ended(1, 60), isPassedOn: true },
      { index: 2, isPassedOn: false },
    ])
  })

  it('has the rows that were accepted, whatever facts about others say', () => {
    const facts = [accepted(), resetFact([reset(3), reset(9999)], [7])]
    expect(toRunState(facts).rows.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('whose acceptance is not known has the rows that have ends', () => {
    expect(toRunState([resetFact([reset(3)], [3]), sessionsFact([ended(3)])])).toMatchObject({
      state: 'open',
      rows: [{ index: 3, reset: reset(3), sessions: ended(3) }],
    })
  })

  it('that was refused has its rows on the dead-letter queue, except those that ended otherwise', () => {
    expect(toRunState([refused(), resetFact([reset(1)])]).rows).toEqual([
      { index: 0, reset: deadLettered(0, 'expired'), isPassedOn: false },
      { index: 1, reset: reset(1), isPassedOn: false },
      { index: 2, reset: deadLettered(2, 'expired'), isPassedOn: false },
    ])
  })

  it('says when it was accepted first, and the time of the latest news', () => {
    const again = fact({ ...accepted({ mode: 'dry_run' }, NOON + 5) })
    const state = toRunState([fact({ at: NOON + 9 }), again, accepted()])
    expect(state).toMatchObject({ accepted: { at: NOON, mode: 'enforce' }, lastFactAt: NOON + 9 })
  })

  it('is the same in whatever order its facts are read, and repeated ones change nothing', () => {
    const someFact = fc.record({
      by: fc.constantFrom('require-reset' as const, 'end-sessions' as const),
      ends: fc.array(end(fc.nat(4)), { maxLength: 6 }),
      passedOn: fc.array(fc.nat(4), { maxLength: 3 }),
    })
    const facts = fc.array(someFact, { maxLength: 6 }).chain((some) => {
      const all = [
        accepted(),
        refused(NOON + 1),
        ...some.map((own, order) => fact({ ...own, at: NOON + 2 + order })),
      ]
      const shuffled = fc.shuffledSubarray(all, { minLength: all.length })
      return fc.tuple(fc.constant(all), shuffled, fc.subarray(all))
    })
    fc.assert(
      fc.property(facts, ([all, shuffled, repeated]) => {
        expect(toRunState([...shuffled, ...repeated])).toEqual(toRunState(all))
      }),
    )
  })

  it('is never finished with fewer facts and open with more', () => {
    const facts = fc.array(fc.array(end(fc.nat(2)), { maxLength: 3 }), { maxLength: 5 })
    fc.assert(
      fc.property(facts, (some) => {
        const states = some.map(
          (_, count) =>
            toRunState([accepted(), ...some.slice(0, count + 1).map((ends) => resetFact(ends))]).state,
        )
        expect(states.join().replace(/^(open,?)*(finished,?)*$/, '')).toBe('')
      }),
    )
  })

  it('is one among those of its event, the earliest first', () => {
    const other = { ...accepted({}, NOON - 60_000), run: 'run-0' }
    expect(toRunStates([accepted(), fact({ at: NOON - 90_000 }), other]).map(({ run }) => run)).toEqual([
      'run-0',
      RUN,
    ])
  })
})

describe('of two ends of a row', () => {
  it.each([
    [reset(0), skipped(0, 'covered')],
    [reset(0), skipped(0, 'no_password')],
    [skipped(0, 'no_password'), skipped(0, 'covered')],
    [skipped(0, 'covered'), skipped(0, 'not_a_member')],
    [skipped(0, 'not_a_member'), skipped(0, 'dry_run')],
    [skipped(0, 'dry_run'), deadLettered(0, 'expired')],
    [skipped(0, 'duplicate'), deadLettered(0, 'invalid_member')],
    [ended(0), skipped(0, 'sessions_covered')],
    [skipped(0, 'sessions_covered'), skipped(0, 'no_member_found')],
    [skipped(0, 'no_member_found'), deadLettered(0, 'sessions_alive')],
    [reset(0, 1), reset(0, 2)],
    [ended(0, 1), ended(0, 2)],
    [reset(0, 2), ended(0, 1)],
  ])('%j is better than %j', (better, worse) => {
    expect(betterOf(better, worse)).toBe(better)
    expect(betterOf(worse, better)).toBe(better)
  })

  it('any is better than none, and of equal ones the first', () => {
    const [first, second] = [skipped(0, 'covered'), skipped(0, 'covered')]
    expect(betterOf(undefined, second)).toBe(second)
    expect(betterOf(first, second)).toBe(first)
  })
})
