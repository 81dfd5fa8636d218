import { expect, it } from 'vitest'
import { putFact, readEvent, readRun } from '../../../lib/progress/progress-table.ts'
import { openTable } from '../../infra/local/open-table.ts'
import { accepted, EVENT, fact, NOON, RUN, reset } from './facts.ts'

async function openProgress() {
  const calls: unknown[] = []
  const { client } = await openTable('Progress', 'event fact', async ({ body }) => {
    calls.push(body)
    return 'pass'
  })
  return { dynamoDB: client, table: 'Progress', calls }
}

it('a run is read back, consistently, without other runs of its event and other events', async () => {
  const progress = await openProgress()
  const facts = [accepted(), fact({ ends: [reset(0)] })]
  const others = [
    fact({ run: `${RUN}0` }),
    fact({ event: { ...EVENT, id: 'harvest-2' } }),
    fact({ event: { ...EVENT, source: 'urn:feed:2' } }),
    fact({ event: undefined, refused: { code: 'not_json', rows: '' } }),
  ]
  for (const one of [...facts, ...others]) await putFact(progress, one, 's')
  expect(await readRun(progress, EVENT, RUN)).toEqual(facts)
  expect(JSON.stringify(progress.calls.at(-1))).toContain('"ConsistentRead":true')
  expect(await readEvent(progress, EVENT)).toEqual([...facts, others[0]])
  expect(await readRun(progress, undefined, RUN)).toEqual([others[3]])
})

it('a run of more than one page is read to its end', async () => {
  const progress = await openProgress()
  const ends = Array.from({ length: 10_000 }, (_, row) => reset(row, 1e12 + ((row * 7919) % 10_007) * 1e8))
  const facts = Array.from({ length: 10 }, (_, order) => fact({ at: NOON + order, ends }))
  for (const one of facts) await putFact(progress, one, 's')
  const before = progress.calls.length
  expect((await readRun(progress, EVENT, RUN)).map(({ at }) => at)).toEqual(facts.map(({ at }) => at))
  expect(progress.calls.length - before).toBeGreaterThan(1)
})

it('two facts of one moment are both kept', async () => {
  const progress = await openProgress()
  await Promise.all(['a', 'b'].map((settlement) => putFact(progress, fact(), settlement)))
  expect(await readRun(progress, EVENT, RUN)).toEqual([fact(), fact()])
})
