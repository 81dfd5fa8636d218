import { describe, expect, it } from 'vitest'
import { type ChaosReport, judgeChaos } from '../../../cli/start/chaos/judge.ts'
import { NO_REASON, type RowEnd } from '../../../cli/start/tally.ts'

const email = 'ada@customer.example'
const end = (kind: RowEnd['kind'], code: string): RowEnd => ({ kind, code, email })
const good: ChaosReport = {
  ...{ seed: 1, seconds: 20, unsettled: 3, inQueue: 0, cutShort: 2, stolenAlive: [], notCovered: [] },
  hits: new Map([
    ['hang', 2],
    ['slow', 1],
  ]),
  first: [end('reset', 'reset'), end('dead_lettered', NO_REASON)],
  again: [end('skipped', 'covered')],
  repeats: [{ email, at: 0, because: 'unanswered' }],
  newPasswords: { chosen: 5, alive: 5 },
}

describe('judgeChaos', () => {
  it('finds nothing wrong with repeats that are explained and dead letters of SQS itself', () => {
    expect(judgeChaos(good, 0)).toEqual([])
  })

  it.each<[string, Partial<ChaosReport>]>([
    ['1 rows have no outcome', { first: [end('missing', 'missing')] }],
    ['1 rows have no outcome', { again: [end('missing', 'missing')] }],
    ['2 messages are left', { inQueue: 2 }],
    ['1 stolen passwords are alive', { stolenAlive: [email] }],
    ['1 resets were repeated', { repeats: [{ email, at: 0, because: 'unexplained' }] }],
    ['1 people who were reset were not covered', { notCovered: [email] }],
    ['2 new passwords were lost', { newPasswords: { chosen: 5, alive: 3 } }],
    ['1 rows of the second delivery were moved', { again: [end('dead_lettered', NO_REASON)] }],
    ['1 kinds of fault never hit: slow', { hits: new Map([...good.hits, ['slow', 0]]) }],
  ])('says %s', (sentence, broken) => {
    const wrong = judgeChaos({ ...good, ...broken }, 0)
    expect(wrong).toEqual([expect.stringContaining(sentence)])
    expect(wrong.join()).not.toContain('@')
  })

  it('says so when a log line holds an e-mail address', () => {
    expect(judgeChaos(good, 1)).toEqual(['1 log lines hold an e-mail address'])
  })

  it('lets a short run miss a kind of fault', () => {
    expect(judgeChaos({ ...good, seconds: 19, hits: new Map([['slow', 0]]) }, 0)).toEqual([])
  })
})
