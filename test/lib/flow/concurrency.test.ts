import { expect, it } from 'vitest'
import { allOrFirstError, createPersonQueue } from '../../../lib/flow/concurrency.ts'

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

it('works on one person one at a time and hands on the result; others do not wait', async () => {
  const inTurn = createPersonQueue<string>()
  const order: string[] = []
  let release = () => {}
  const first = inTurn('ada', async (earlier) => {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    order.push(`first after ${earlier}`)
    return 'first'
  })
  const second = inTurn('ada', async (earlier) => {
    order.push(`second after ${earlier}`)
    return 'second'
  })
  await inTurn('bob', async () => {
    order.push('bob')
    return 'bob'
  })
  release()
  await Promise.all([first, second])
  expect(order).toEqual(['bob', 'first after undefined', 'second after first'])
})
