import { expect, it } from 'vitest'
import { allSettled } from '../../../lib/flow/concurrency.ts'

it('rejects only when everything has ended', async () => {
  let ended = false
  const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    ended = true
  })
  await expect(allSettled([Promise.reject(new Error('first')), slow])).rejects.toThrow('first')
  expect(ended).toBe(true)
})

it('resolves to all values', async () => {
  expect(await allSettled([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2])
})
