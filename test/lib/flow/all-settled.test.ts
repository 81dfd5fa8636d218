import { expect, it } from 'vitest'
import { allOrFirstError } from '../../../lib/flow/concurrency.ts'

it('rejects only when everything has ended', async () => {
  let ended = false
  const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    ended = true
  })
  await expect(allOrFirstError([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')
  expect(ended).toBe(true)
})

it('resolves to all values', async () => {
  expect(await allOrFirstError([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2])
})
