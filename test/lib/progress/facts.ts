import fc from 'fast-check'
import type { Accepted, End, Fact } from '../../../lib/progress/fact.ts'

export const EVENT = { source: 'urn:feed', id: 'harvest-1' }
export const RUN = '9f6d7b1c-5d1e-4c55-9a67-2d0c8f3c1a10'
export const NOON = Date.parse('2026-11-20T12:00:00Z')

export const ACCEPTED: Accepted = {
  rows: '0-2',
  time: '2026-11-20T10:00:00Z',
  sentAt: '2026-11-20T11:59:59.000Z',
  reason: 'infostealer',
  mode: 'enforce',
}

/** A fact of require-reset that says nothing yet. */
export const fact = (own: Partial<Fact> = {}): Fact => ({
  ...{ event: EVENT, run: RUN, by: 'require-reset', at: NOON, ends: [], passedOn: [] },
  ...own,
})

/** That fan-out has accepted an event of three rows. */
export const accepted = (own: Partial<Accepted> = {}, at = NOON) =>
  fact({ by: 'fan-out', at, accepted: { ...ACCEPTED, ...own } })

/** How rows ended in require-reset. */
export const reset = (index: number, at = NOON): End => ({ index, kind: 'reset', code: 'reset', at })
export const ended = (index: number, at = NOON): End => ({ index, kind: 'ended', code: 'ended', at })
export const skipped = (index: number, code: string): End => ({ index, kind: 'skipped', code })
export const deadLettered = (index: number, code: string): End => ({ index, kind: 'dead_lettered', code })

const index = fc.integer({ min: 0, max: 9999 })
const moment = fc.integer({ min: 0, max: 4_000_000_000_000 })

/** How a row ended, any row. */
export const end = (rows: fc.Arbitrary<number> = index): fc.Arbitrary<End> =>
  fc.oneof(
    fc.tuple(rows, moment).map(([row, at]) => reset(row, at)),
    fc.tuple(rows, moment).map(([row, at]) => ended(row, at)),
    fc
      .tuple(rows, fc.constantFrom('covered', 'no_password', 'dry_run'))
      .map(([row, code]) => skipped(row, code)),
    fc.tuple(rows, fc.constantFrom('expired', 'unsendable')).map(([row, code]) => deadLettered(row, code)),
  )

/** The indices of some rows, ascending. */
export const indices = fc.uniqueArray(index, { maxLength: 50 }).map((some) => some.toSorted((a, b) => a - b))
