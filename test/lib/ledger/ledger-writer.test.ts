import { expect, it } from 'vitest'
import type { ResetRow } from '../../../lib/ledger/ledger.ts'
import { createLedgerWriter } from '../../../lib/ledger/ledger-writer.ts'
import { createClock } from '../../fakes/create-clock.ts'

const row = (person: string): ResetRow => ({ person, at: 1, outcome: 'reset', source: 's', eventId: 'e' })
const crowd = (count: number) => Array.from({ length: count }, (_, i) => row(`p${i}`))

function createWriter(
  writeResets: (rows: readonly ResetRow[]) => Promise<void> = async () => {},
  { atWork = 100 } = {},
) {
  const clock = createClock()
  const batches: string[][] = []
  const writer = createLedgerWriter({
    ...{ ...clock, enough: 25 },
    write: async (rows: readonly ResetRow[]) => {
      batches.push(rows.map(({ person }) => person))
      await writeResets(rows)
    },
  })
  const leave = Promise.withResolvers<void>()
  for (let index = 0; index < atWork; index++) void writer.during(() => leave.promise)
  return { clock, batches, during: writer.during, record: writer.write, leave: leave.resolve }
}

it('writes as many rows as it may at once, and the rest within a second', async () => {
  const { clock, batches, record } = createWriter()
  const begun = clock.now()
  const written = crowd(60).map(record)
  expect(batches.map(({ length }) => length)).toEqual([25, 25])
  await clock.run()
  await Promise.all(written)
  expect(batches.map(({ length }) => length)).toEqual([25, 25, 10])
  expect(clock.now() - begun).toBeLessThanOrEqual(1000)
})

it('writes at once what everybody who is at work waits for', async () => {
  const hang = Promise.withResolvers<void>()
  const { clock, batches, record } = createWriter(() => hang.promise, { atWork: 3 })
  const written = [record(row('ada'))]
  await clock.run()
  expect(batches).toEqual([['ada']])
  const begun = clock.now()
  written.push(record(row('bob')), record(row('cyd')))
  await Promise.resolve()
  expect(batches).toEqual([['ada'], ['bob', 'cyd']])
  expect(clock.now()).toBe(begun)
  hang.resolve()
  await Promise.all(written)
})

it('writes at once when everyone who might have added a row has left without one', async () => {
  const { clock, batches, record, leave } = createWriter(undefined, { atWork: 2 })
  const begun = clock.now()
  const written = record(row('ada'))
  expect(batches).toEqual([])
  leave()
  await written
  expect([batches, clock.now()]).toEqual([[['ada']], begun])
})

it('waits for others after a write that failed as before it', async () => {
  const { clock, batches, record } = createWriter(() => Promise.reject(new Error('throttled')), { atWork: 2 })
  for (const person of ['ada', 'bob']) {
    const failed = expect(record(row(person))).rejects.toThrow('throttled')
    expect(batches.flat()).not.toContain(person)
    await clock.run()
    await failed
  }
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

it('writes the rows of everyone whose work begins at the same moment together, such as those that are owed', async () => {
  const { clock, batches, during, record } = createWriter(undefined, { atWork: 0 })
  const begun = clock.now()
  await Promise.all(crowd(70).map((one) => during(() => record(one))))
  expect(batches.map(({ length }) => length)).toEqual([25, 25, 20])
  expect(clock.now()).toBe(begun)
})
