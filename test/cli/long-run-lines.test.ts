import { expect, it } from 'vitest'
import { type LongRun, longRunLines } from '../../cli/start/report.ts'
import type { EndCounts } from '../../cli/start/tally.ts'
import { toLocalStage } from '../../cli/start/to-local-stage.ts'

const MB = 1024 * 1024
const ends = (rows: number, resets: number): EndCounts => ({
  rows,
  groups: [{ kind: 'reset', code: 'reset', count: resets, examples: [] }],
})
const report = {
  ...{ first: ends(20_000, 16_000), again: ends(20_000, 0), seconds: { first: 50, again: 10 } },
  ...{ inQueue: 0, stolenAlive: 0, twice: 0, newPasswords: { chosen: 0, alive: 0 }, crashes: 0 },
}
const memoryOf = (greatest: number): LongRun['memory'][number] => ({
  fromRows: 10_000,
  processes: [100, 102].map((megabytes) => ({
    ...{ name: 'require-reset', atStart: megabytes * MB, least: 99 * MB, greatest: greatest * MB },
    atEnd: 104 * MB,
  })),
})
const linesOf = (memory: LongRun['memory']) =>
  longRunLines(report, { stage: toLocalStage(20_000), memory }).join('\n')

it('says how fast each delivery was, and what memory each function took', () => {
  const lines = linesOf([memoryOf(105)])
  expect(lines).toMatch(/first delivery +50 s, 400 rows a second \(16000 resets\)/)
  expect(lines).toMatch(/second delivery +10 s, 2000 rows a second/)
  expect(lines).toMatch(
    /require-reset, 2 processes, from 10000 on +100 to 102 MB at first, 99 to 105 MB in between, 104 MB at the end/,
  )
  expect(lines).toMatch(/±10 % of its first +yes/)
})

it('says so when memory grew, and when none was measured', () => {
  expect(linesOf([memoryOf(120)])).toMatch(/±10 % of its first +no: 2 grew by more\n/)
  expect(linesOf([{ fromRows: 40_000, processes: [] }])).toMatch(/memory from 40000 rows on +none measured/)
})
