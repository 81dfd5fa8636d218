import { expect, it } from 'vitest'
import { createDice, createTimeline, type World } from '../../../simulation/world/world.ts'
import { createBenchQueue, type Receives } from './create-bench-queue.ts'

function open(receives: Receives) {
  const dice = createDice(1)
  const timeline = createTimeline(0, dice)
  const queue = createBenchQueue({ timeline, dice } as World, { name: 'reset', visibilityMs: 1000, receives })
  const send = (count: number, groupId: string) => {
    for (let nth = 1; nth <= count; nth++) queue.send({ body: `${groupId}${nth}`, groupId, by: 'test' })
  }
  const receive = (most: number) => queue.receive(most).map(({ body }) => body)
  return { queue, timeline, send, receive }
}

it('receives as many as were asked for, the oldest first', () => {
  const { send, receive } = open('full')
  send(5, 'A')
  expect(receive(3)).toEqual(['A1', 'A2', 'A3'])
  expect(receive(3)).toEqual(['A4', 'A5'])
})

it('receives any number from one on when receives are short', () => {
  const { send, receive } = open('short')
  send(400, 'A')
  const counts = Array.from({ length: 40 }, () => receive(5).length)
  expect([...new Set(counts)].sort()).toEqual([1, 2, 3, 4, 5])
})

it('serves a quiet event before one that has kept the consumers busy', async () => {
  const { queue, timeline, send, receive } = open('full')
  send(3, 'A')
  const taken = queue.receive(1)
  timeline.after(100, () => queue.remove(taken))
  await timeline.run(100, () => false)
  send(1, 'B')
  expect(receive(2)).toEqual(['B1', 'A2'])
})

it('lets what was deleted weigh no more than the time it took', async () => {
  const { queue, timeline, send, receive } = open('full')
  send(1, 'C')
  send(2, 'A')
  send(1, 'B')
  const [c, a] = [queue.receive(1), queue.receive(1)]
  timeline.after(50, () => queue.remove(a))
  timeline.after(900, () => queue.remove(c))
  await timeline.run(900, () => false)
  expect(receive(2)).toEqual(['A2', 'B1'])
})
