import { describe, expect, it } from 'vitest'
import { createMemoryWatch, memoryOutliers, type ProcessMemory } from './memory.ts'

describe('the memory watch', () => {
  it('keeps the first, extreme and last values of each process from the given row on, also of dead ones', () => {
    let rows = 99
    let now = 0
    const pids = { 'fan-out': [1], 'require-reset': [2] }
    const bytes = new Map([
      [1, 1],
      [2, 1],
    ])
    const watch = createMemoryWatch({
      ...{ fromRows: 100, rows: () => rows, pids: () => pids, now: () => now },
      readResidentSet: (pid) => bytes.get(pid),
    })
    const lookAt = (one: number, two?: number) => {
      now += 1000
      bytes.set(1, one)
      if (two === undefined) bytes.delete(2)
      else bytes.set(2, two)
      watch.look()
    }
    lookAt(999, 999)
    rows = 100
    lookAt(100, 50)
    lookAt(120, 60)
    lookAt(90)
    bytes.set(1, 500)
    watch.look()
    expect(watch.processes()).toEqual([
      { name: 'fan-out', atStart: 100, least: 90, greatest: 120, atEnd: 90 },
      { name: 'require-reset', atStart: 50, least: 50, greatest: 60, atEnd: 60 },
    ])
  })
})

describe('memoryOutliers', () => {
  const memory = (least: number, greatest: number): ProcessMemory => ({
    ...{ name: 'fan-out', atStart: 100, least, greatest, atEnd: 100 },
  })

  it.each([
    [90, 110, { above: 0, below: 0 }],
    [89, 100, { above: 0, below: 1 }],
    [100, 111, { above: 1, below: 0 }],
  ])('from %d to %d around 100: %j', (least, greatest, outliers) => {
    expect(memoryOutliers([memory(100, 100), memory(least, greatest)])).toEqual(outliers)
  })
})
