import { expect, it } from 'vitest'
import { createPersonQueue } from '../../../lib/flow/concurrency.ts'

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
