import { describe, expect, it } from 'vitest'
import { toDeliveries } from '../../../cli/progress/deliveries.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { summarize } from '../../../lib/progress/summary.ts'
import { AT, accepted, deadLettered, ended, refused, reset, settled, skipped } from './facts.ts'

/** The deliveries in short: run, state, runs of redrives, and rows by how they ended. */
const inShort = (facts: readonly Fact[]) =>
  toDeliveries(facts).map(({ run, state, redrives, ...delivery }) => {
    const { reset, skipped, dead_lettered, open } = summarize(delivery)
    const codes = (byCode: typeof skipped) =>
      Object.entries(byCode.by_code).map(([code, { rows }]) => `${code} ${rows}`)
    return {
      run,
      state,
      redrives: redrives.map((redrive) => redrive.run),
      rows: { reset: reset.rows, skipped: codes(skipped), dead: codes(dead_lettered), open: open.rows },
    }
  })
const redrive = (run: string, of: string, rows: string, minutes: number) =>
  accepted(rows, { run, of, at: AT + minutes * 60_000 })
const FIRST = [
  accepted('0-2', { run: 'first' }),
  settled('require-reset', [reset(0), deadLettered(1, 'timeout'), deadLettered(2, 'timeout')], {
    run: 'first',
  }),
]

describe('a delivery', () => {
  it('that was redriven has the better end of each row', () => {
    const again = settled('require-reset', [reset(1), skipped(2, 'covered')], { run: 'redrive' })
    expect(inShort([...FIRST, redrive('redrive', 'first', '1-2', 5), again])).toEqual([
      {
        ...{ run: 'first', state: 'finished', redrives: ['redrive'] },
        rows: { reset: '0-1', skipped: ['covered 2'], dead: [], open: '' },
      },
    ])
  })

  it('is open again while a redrive is, with the rows of that redrive only', () => {
    expect(inShort([...FIRST, redrive('redrive', 'first', '1', 5)])).toMatchObject([
      { state: 'open', rows: { dead: ['timeout 2'], open: '1' } },
    ])
  })

  it('whose acceptance was lost stays open, whatever its redrives were accepted with, or refused', () => {
    const { run, rows, at } = { run: 'redrive', rows: '1-2', at: 5 }
    const again = settled('require-reset', [reset(1), reset(2)], { run })
    const [delivery] = inShort([...FIRST.slice(1), redrive(run, 'first', rows, at), again])
    expect(delivery).toMatchObject({ run: 'first', state: 'open', rows: { reset: '0-2' } })
    const denied = refused('over_limit', rows, { run, of: 'first', at: AT + at * 60_000 })
    expect(inShort([...FIRST.slice(1), denied])).toMatchObject([{ run: 'first', state: 'open' }])
  })

  it('whose acceptance was lost has the rows of its redrives, in order, whether those were accepted or refused', () => {
    const facts = [
      settled('end-sessions', [ended(2)], { run: 'first' }),
      redrive('redrive', 'first', '3', 5),
      refused('expired', '1', { run: 'denied', of: 'first', at: AT + 600_000 }),
    ]
    const rows = { reset: '', skipped: [], dead: ['expired 1'], open: '2-3' }
    expect(inShort(facts)).toEqual([{ run: 'first', state: 'open', redrives: ['redrive', 'denied'], rows }])
    expect(toDeliveries(facts)[0]?.rows.map(({ index }) => index)).toEqual([1, 2, 3])
  })

  it('is open while a redrive is, also one of rows that were reset before', () => {
    expect(inShort([...FIRST, redrive('redrive', 'first', '0', 5)])).toMatchObject([
      { state: 'open', rows: { reset: '0', open: '' } },
    ])
  })

  it('has each row as the last of its redrives left it', () => {
    const again = (run: string, code: string, at: number) =>
      settled('require-reset', [deadLettered(1, code)], { run, at: AT + at * 60_000 })
    const facts = [
      ...[redrive('a', 'first', '1-2', 5), again('a', 'organization_suspended', 6)],
      ...[redrive('b', 'first', '1', 9), again('b', 'timeout', 10)],
    ]
    expect(inShort(facts.concat(FIRST))).toMatchObject([{ rows: { dead: ['timeout 1'], open: '2' } }])
  })

  it('counts dead letters by the reason that is on the queue now', () => {
    const again = settled('require-reset', [deadLettered(1, 'organization_suspended')], {
      ...{ run: 'redrive', at: AT + 300_000 },
    })
    const denied = refused('over_hourly_limit', '2', { run: 'denied', of: 'first', at: AT + 400_000 })
    expect(inShort([...FIRST, redrive('redrive', 'first', '1', 5), again, denied])).toMatchObject([
      {
        ...{ state: 'finished', redrives: ['redrive', 'denied'] },
        rows: { dead: ['organization_suspended 1', 'over_hourly_limit 2'] },
      },
    ])
  })

  it('has a row whose letter no fact tells of as the redrive of that letter left it', () => {
    const facts = [
      accepted('0-1', { run: 'first' }),
      settled('require-reset', [reset(0)], { run: 'first' }),
      refused('expired', '1', { run: 'denied', of: 'first', at: AT + 300_000 }),
    ]
    expect(inShort(facts)).toMatchObject([
      { state: 'finished', redrives: ['denied'], rows: { reset: '0', dead: ['expired 1'], open: '' } },
    ])
  })

  it('has the sessions of somebody open again while their dead letter is redriven, and not reset again', () => {
    const facts = [
      accepted('0', { run: 'first' }),
      settled('require-reset', [reset(0)], { run: 'first', passedOn: [0] }),
      settled('end-sessions', [deadLettered(0, 'sessions_alive')], { run: 'first' }),
    ]
    const sessionsOf = (more: readonly Fact[]) => {
      const [delivery] = toDeliveries([...facts, ...more])
      const { row_count, ended, dead_lettered, open } = summarize(delivery ?? { rows: [] }).sessions
      return [delivery?.state, row_count, ended.rows, Object.keys(dead_lettered.by_code), open.rows]
    }
    const sent = redrive('redrive', 'first', '0', 5)
    const covered = settled('require-reset', [skipped(0, 'covered')], { run: 'redrive', passedOn: [0] })
    const again = settled('end-sessions', [deadLettered(0, 'sessions_refused')], { run: 'redrive' })
    const done = settled('end-sessions', [ended(0)], { run: 'redrive' })
    expect(sessionsOf([])).toEqual(['finished', 1, '', ['sessions_alive'], ''])
    expect(sessionsOf([sent])).toEqual(['open', 1, '', [], '0'])
    expect(sessionsOf([sent, covered])).toEqual(['open', 1, '', [], '0'])
    const notPassedOn = { ...covered, passedOn: [] }
    expect(sessionsOf([sent, notPassedOn])).toEqual(['finished', 1, '', ['sessions_alive'], ''])
    expect(sessionsOf([sent, covered, again])).toEqual(['finished', 1, '', ['sessions_refused'], ''])
    expect(sessionsOf([sent, covered, done])).toEqual(['finished', 1, '0', [], ''])
  })

  it('has the redrive of a redrive among its redrives, in order', () => {
    const facts = [
      ...FIRST,
      redrive('b', 'a', '1', 9),
      settled('require-reset', [reset(1)], { run: 'b' }),
      redrive('a', 'first', '1-2', 5),
      settled('require-reset', [deadLettered(1, 'timeout'), skipped(2, 'covered')], { run: 'a' }),
    ]
    expect(inShort(facts)).toMatchObject([
      { run: 'first', state: 'finished', redrives: ['a', 'b'], rows: { reset: '0-1', dead: [], open: '' } },
    ])
  })
})

describe('deliveries', () => {
  it('of an event that was sent twice are two, the earliest first, each with its own ends', () => {
    const again = [
      accepted('0', { run: 'again', at: AT + 1 }),
      settled('require-reset', [skipped(0, 'covered')], { run: 'again' }),
    ]
    const first = [accepted('0', { run: 'first' }), settled('require-reset', [reset(0)], { run: 'first' })]
    expect(inShort([...again, ...first])).toMatchObject([
      { run: 'first', rows: { reset: '0', skipped: [] } },
      { run: 'again', rows: { reset: '', skipped: ['covered 0'] } },
    ])
  })

  it('of redrives whose first run is not known are deliveries by themselves', () => {
    const facts = [redrive('a', 'lost', '1', 1), redrive('b', 'lost', '2', 2)]
    expect(inShort(facts)).toMatchObject([
      { run: 'a', redrives: [], rows: { open: '1' } },
      { run: 'b', redrives: [], rows: { open: '2' } },
    ])
  })

  it('of runs that name each other in a circle, or themselves, are there, each run once', () => {
    const facts = [
      ...[redrive('b', 'c', '1', 1), redrive('c', 'a', '1', 2), redrive('a', 'b', '1', 3)],
      ...[redrive('outside', 'c', '1', 4), redrive('self', 'self', '1', 5)],
    ]
    expect(inShort(facts)).toMatchObject([
      { run: 'a', redrives: ['b', 'c', 'outside'] },
      { run: 'self', redrives: [] },
    ])
  })
})

describe('a delivery that was refused and then redriven in pieces', () => {
  const whole = refused('over_limit', '0-3', { run: 'whole', sender: 'AROAPRODUCER' })
  const piece = (run: string, rows: string, minutes: number) =>
    accepted(rows, { run, of: 'whole', at: AT + minutes * 60_000, sender: 'AROAOPERATOR' })
  const done = (run: string, ...indices: number[]) =>
    settled(
      'require-reset',
      indices.map((index) => reset(index)),
      { run, at: AT + 900_000 },
    )
  const [a, b] = [piece('a', '0-1', 5), piece('b', '2-3', 6)]

  it.each([
    ['is refused while no piece is accepted', [], 'refused', '', ['over_limit 0-3'], ''],
    ['is open while one is, the others on the dead-letter queue', [a], 'open', '', ['over_limit 2-3'], '0-1'],
    [
      'is finished when all that were sent are',
      [a, done('a', 0, 1)],
      'finished',
      '0-1',
      ['over_limit 2-3'],
      '',
    ],
    ['is open again for the next one', [a, done('a', 0, 1), b], 'open', '0-1', [], '2-3'],
    ['is finished by all', [a, done('a', 0, 1), b, done('b', 2, 3)], 'finished', '0-3', [], ''],
  ])('%s', (_what, facts, state, resets, dead, open) => {
    const delivery = { run: 'whole', state, rows: { reset: resets, skipped: [], dead, open } }
    expect(inShort([whole, ...facts])).toMatchObject([delivery])
  })

  it('is one delivery, refused at first, of who sent it, with what its pieces say of the event', () => {
    const [delivery, ...others] = toDeliveries([whole, a, b])
    expect(others).toEqual([])
    expect(delivery).toMatchObject({
      refused: { code: 'over_limit', at: AT },
      accepted: { reason: 'infostealer', rows: '0-3', sender: 'AROAPRODUCER', at: AT + 300_000 },
      redrives: [{ run: 'a', accepted: { sender: 'AROAOPERATOR' } }, { run: 'b' }],
    })
    expect(delivery?.accepted?.of).toBeUndefined()
  })

  it('stays refused when its pieces are, too', () => {
    const again = refused('over_hourly_limit', '0-1', { run: 'a', of: 'whole', at: AT + 300_000 })
    const dead = ['over_hourly_limit 0-1', 'over_limit 2-3']
    expect(inShort([whole, again])).toMatchObject([{ run: 'whole', state: 'refused', rows: { dead } }])
  })
})
