import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameRanges } from '../../../lib/contract/ranges.ts'
import { type End, fromItem, toItem } from '../../../lib/progress/fact.ts'
import { ACCEPTED, accepted, deadLettered, end, fact, indices, reset, skipped } from './facts.ts'

const MAX_ITEM_BYTES = 400 * 1024

const byRow = (a: End, b: End) => a.index - b.index || JSON.stringify(a).localeCompare(JSON.stringify(b))
const sizeOf = (item: ReturnType<typeof toItem>) =>
  Object.entries(item)
    .map(([name, value]) => Buffer.byteLength(name + (value.S ?? value.N)))
    .reduce((sum, bytes) => sum + bytes, 0)

describe('a fact', () => {
  it('is read from the table as it was written', () => {
    const selector = ({ index, code }: End) => `${index} ${code}`
    const ends = fc.uniqueArray(end(), { maxLength: 100, selector })
    fc.assert(
      fc.property(ends, indices, indices, (ends, passedOn, rows) => {
        const written = fact({
          ends,
          passedOn,
          accepted: rows.length > 0 ? { ...ACCEPTED, rows: nameRanges(rows), of: 'run-0' } : undefined,
          refused: { code: 'expired', detail: 'expirytime: has passed', rows: nameRanges(rows) },
        })
        const read = fromItem(toItem(written, 's'))
        expect(read).toEqual({ ...written, ends: expect.anything() })
        expect(read?.ends.toSorted(byRow)).toEqual(ends.toSorted(byRow))
      }),
    )
  })

  it('names a row once, with the earliest time, although several messages end it alike', () => {
    const written = fact({ ends: [reset(1, 9), reset(2, 8), reset(1, 5)], passedOn: [2, 1, 2] })
    const item = toItem(written, 's')
    expect(item).toMatchObject({ passedOn: { S: '1-2' } })
    expect(fromItem(item)?.ends).toEqual([reset(1, 5), reset(2, 8)])
  })

  it('of a body that could not be read is among the others of its kind', () => {
    const written = fact({ event: undefined, refused: { code: 'not_json', rows: '' } })
    const item = toItem(written, 's')
    expect(item.event).toEqual({ S: 'unreadable' })
    expect(fromItem(item)).toEqual(written)
  })

  it('is found by its day only if fan-out wrote it, and lasts 400 days', () => {
    const day = { day: { S: '2026-11-20' }, at: { S: '2026-11-20T12:00:00.000Z' } }
    expect(toItem(accepted(), 's')).toMatchObject({
      ...day,
      expiresAt: { N: String(Date.parse('2027-12-25T12:00:00Z') / 1000) },
    })
    expect(toItem(fact(), 's')).not.toHaveProperty('day')
    expect(toItem(fact(), 's')).not.toHaveProperty('at')
  })

  it('does not replace another of the same run and moment', () => {
    expect(toItem(fact(), 'a').fact).not.toEqual(toItem(fact(), 'b').fact)
  })

  it('is an item that DynamoDB takes, of the largest event, whatever became of its rows', () => {
    const codes = ['covered', 'expired', 'not_a_member'].map((code) => code.padEnd(127, 'x'))
    const ends = Array.from({ length: 10_000 }, (_, row) =>
      row % 2 ? reset(row, 1e12 + ((row * 7919) % 10_007) * 1e8) : skipped(row, codes[row % 3] ?? ''),
    )
    const passedOn = ends.map(({ index }) => index).filter((row) => row % 2)
    const rows = nameRanges(passedOn)
    expect(sizeOf(toItem({ ...accepted({ rows }), ends, passedOn }, 's'))).toBeLessThan(MAX_ITEM_BYTES)
  })

  it.each([
    ['no fact', 'fact', 'sentinel'],
    ['at no moment', 'fact', 'run-1 fan-out yesterday s'],
    ['with half a list of ends', 'ends', '[{"kind":"reset","code":"reset","rows":"0"'],
    ['with an end of another kind', 'ends', '[{"kind":"renamed","code":"renamed","rows":"0"}]'],
    ['with rows that no event has', 'passedOn', '0-99999999999'],
    ['with a list of rows that ends too soon', 'passedOn', '0-3,'],
    ['accepted without rows', 'accepted', JSON.stringify({ ...ACCEPTED, rows: '' })],
    ['refused without a code', 'refused', '{"rows":"0"}'],
  ])('is not read at all from an item %s: half of it could pass for the end of a run', (_, name, S) => {
    const item = toItem(fact({ ends: [deadLettered(0, 'expired')] }), 's')
    expect(fromItem(item)).toBeDefined()
    expect(fromItem({ ...item, [name]: { S } })).toBeUndefined()
  })
})
