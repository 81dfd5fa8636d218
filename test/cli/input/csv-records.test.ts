import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecords } from '../../../cli/input/csv-records.ts'

const isRow = (cells: readonly string[]) => cells.length === 2 && /^r\d$/.test(cells[0] ?? '')
const read = (...lines: string[]) => {
  const { records, unread } = readRecords(lines, 0, { separator: ',', columns: 2, isRow })
  return {
    read: records.map(({ cells }) => cells[0]),
    unread: unread.map(({ first, last }) => [first, last]),
  }
}

describe('readRecords', () => {
  it('reads what is well-formed as csv-parse does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '\n', '\t', '@', "'"), maxLength: 6 })
    const toCell = (cell: string) => (/^[a@']*$/.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`)
    const property = fc.property(
      fc.array(text, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (notes, spaced) => {
        const csv = notes
          .map((note, index) => [`r${index}`, toCell(note)].join(spaced ? ' , ' : ','))
          .join('\n')
        const { records, unread } = readRecords(csv.split('\n'), 0, { separator: ',', columns: 2, isRow })
        expect(unread).toEqual([])
        expect(records.map(({ cells }) => cells)).toEqual(parse(csv, { trim: true }))
      },
    )
    fc.assert(property, { numRuns: 2000 })
  })

  it('knows the first and last line of each record', () => {
    const { records } = readRecords(['r0,"one', '', 'two"', '', 'r1,x'], 0, {
      separator: ',',
      columns: 2,
      isRow,
    })
    expect(records.map(({ first, last }) => [first, last])).toEqual([
      [0, 2],
      [4, 4],
    ])
  })

  it('leaves quotes alone in a cell that does not begin with one', () => {
    expect(read('r0,19" rack', 'r1,the "big" one', 'r2,5"')).toEqual({ read: ['r0', 'r1', 'r2'], unread: [] })
  })
})

describe('a quote that is not doubled', () => {
  it('costs only its row when the quotes of that row close', () => {
    expect(read('r0,x', 'r1,"19" rack"', 'r2,x', 'r3,"a "b" c"', 'r4,x')).toEqual({
      read: ['r0', 'r2', 'r4'],
      unread: [
        [1, 1],
        [3, 3],
      ],
    })
  })

  it('costs all that may be in one cell, in whatever way it looks like rows', () => {
    expect(read('"r0","see "below"', '"r1","x"', 'r2,x', 'regards"', '"r3","x"')).toEqual({
      read: ['r3'],
      unread: [[0, 3]],
    })
    expect(read('"r0","see "list"', '"r1","x"', '"r2","y""', 'r3,x', '"r4","x"')).toEqual({
      read: ['r4'],
      unread: [[0, 3]],
    })
    expect(read('r0,"see "list"', 'r1,x', 'r2,y"', '"r3","x"')).toEqual({ read: ['r3'], unread: [[0, 2]] })
  })
})

describe('a quote that closes late or never', () => {
  it('costs what follows up to a row that has quotes of its own', () => {
    expect(read('r0,x', 'r1,"oops', 'r2,x', 'r3,"ok"', 'r4,x')).toEqual({
      read: ['r0', 'r3', 'r4'],
      unread: [[1, 2]],
    })
  })

  it('costs the rest when there is none', () => {
    expect(read('r0,x', 'r1,"oops', 'r2,x', '', 'r3,x', '')).toEqual({ read: ['r0'], unread: [[1, 4]] })
  })

  it('is noticed by what looks like rows in the cell that it makes', () => {
    expect(read('r0,"oops', 'r1,x', 'r2,"', '"r3","x"')).toEqual({ read: ['r3'], unread: [[0, 2]] })
  })

  it('is noticed by the number of cells', () => {
    expect(read('r0,"oops', 'x', 'y",z', '"r3","x"')).toEqual({ read: ['r3'], unread: [[0, 2]] })
  })

  it('puts rows before it in doubt that may be in the cell that it closes', () => {
    const lines = ['r0,x', 'r1,"pasted:"', 'r2,x', 'and more"', 'r3,x', '"r4","x"']
    expect(read(...lines)).toEqual({ read: ['r0', 'r1', 'r4'], unread: [[2, 4]] })
    expect(read('r0,x', 'r1,"x"', '"r2","x"', 'r3,x"', '"r4","x"').unread).toEqual([[3, 3]])
  })

  it('does not take the end of a cell for a row with a bad quote', () => {
    expect(read('"r0","x"', 'r1,pasted:', 'r2,x', 'r3,""x, y"""', '"r4","x"')).toEqual({
      read: ['r0', 'r4'],
      unread: [[1, 3]],
    })
  })

  it('is not sure of a row with a quote in a cell', () => {
    expect(read('r0,"one', 'r1,"x, y"""', '"r2","x"')).toEqual({ read: ['r2'], unread: [[0, 1]] })
  })

  it('does not make rows of doubled quotes that belong to a cell', () => {
    expect(read('r0,"oops', '""r1"",""x""', 'r2,""', 'r3,","', '"r4","x"')).toEqual({
      read: ['r4'],
      unread: [[0, 3]],
    })
  })
})
