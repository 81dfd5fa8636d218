import { expect, it } from 'vitest'
import { createLedgerWriter } from '../../../lib/ledger/create-ledger-writer.ts'
import type { LedgerRow } from '../../../lib/ledger/ledger-row.ts'
import { createClock } from '../../fakes/create-clock.ts'

const row = (person: string, kind: LedgerRow['kind'] = 'reset'): LedgerRow => ({
  ...{ person, kind, at: 1, outcome: 'reset', source: 's', eventId: 'e' },
})
const crowd = (count: number) => Array.from({ length: count }, (_, i) => row(`p${i}`))

function createWriter(writeRows: (rows: readonly LedgerRow[]) => Promise<void> = async () => {}) {
  const clock = createClock()
  const batches: string[][] = []
  const record = createLedgerWriter({
    ...clock,
    writeRows: async (rows) => {
      batches.push(rows.map(({ person }) => person))
      await writeRows(rows)
    },
  })
  return { clock, batches, record }
}

it('writes 25 rows as soon as there are 25, and the rest within a second', async () => {
  const { clock, batches, record } = createWriter()
  const begun = clock.now()
  const written = crowd(60).map(record)
  expect(batches.map(({ length }) => length)).toEqual([25, 25])
  await clock.run()
  await Promise.all(written)
  expect(batches.map(({ length }) => length)).toEqual([25, 25, 10])
  expect(clock.now() - begun).toBeLessThanOrEqual(1000)
})

it('resolves a row only when its batch is written, and rejects every row of a batch that failed', async () => {
  let finish = () => {}
  const { clock, record } = createWriter(() => new Promise((resolve) => (finish = resolve)))
  let durable = false
  const written = record(row('ada')).then(() => (durable = true))
  await clock.run()
  expect(durable).toBe(false)
  finish()
  await written
  expect(durable).toBe(true)

  const failing = createWriter(() => Promise.reject(new Error('throttled')))
  const rows = crowd(2).map((one) => failing.record(one).catch((error: Error) => error.message))
  await failing.clock.run()
  expect(await Promise.all(rows)).toEqual(['throttled', 'throttled'])
})

it('never puts two rows with one key into a batch, which DynamoDB would refuse', async () => {
  const { clock, batches, record } = createWriter()
  const written = [row('ada', 'uncertain'), row('ada', 'reset'), row('ada', 'uncertain')].map(record)
  await clock.run()
  await Promise.all(written)
  expect(batches).toEqual([['ada', 'ada'], ['ada']])
})
