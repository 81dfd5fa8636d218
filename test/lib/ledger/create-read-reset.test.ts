import { expect, it } from 'vitest'
import { createReadReset } from '../../../lib/ledger/ledger.ts'

it('reads together whoever is asked for at the same moment, and remembers nobody', async () => {
  const asked: (readonly string[])[] = []
  const readReset = createReadReset(async (people) => {
    asked.push(people)
    return new Map([['ada', asked.length]])
  })
  const record = async (people: string[]) => {
    await Promise.resolve()
    return Promise.all(people.map(readReset))
  }
  expect(await Promise.all([record(['ada', 'bob']), record(['cyd'])])).toEqual([[1, undefined], [undefined]])
  expect(await readReset('ada')).toBe(2)
  expect(asked).toEqual([['ada', 'bob', 'cyd'], ['ada']])
})

it('fails for everybody who was read together', async () => {
  const readReset = createReadReset(() => Promise.reject(new Error('unread')))
  const outcomes = await Promise.allSettled([readReset('ada'), readReset('bob')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
