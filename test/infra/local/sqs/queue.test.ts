import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createQueue,
  fewestInFlightFirst,
  type Message,
  type QueueSettings,
} from '../../../../infra/local/sqs/queue.ts'

const VISIBILITY_MS = 30_000

/** A queue on a clock that only `pass` moves. */
function open(settings: Partial<QueueSettings<Message>> = {}) {
  let time = 0
  const queue = createQueue<Message>({ now: () => time, visibilityMs: VISIBILITY_MS, ...settings })
  return {
    ...queue,
    send: (id: string, { delayMs = 0, groupId }: { delayMs?: number; groupId?: string } = {}) =>
      queue.put({ id, sentAt: time, visibleAt: time + delayMs, receiveCount: 0, groupId }),
    receiveIds: (max = 10) => queue.receive(max).map(({ id }) => id),
    pass: (ms: number) => {
      time += ms
    },
  }
}

function receiveOne(queue: ReturnType<typeof open>): Message {
  const [message] = queue.receive(1)
  if (!message) throw new Error('no message is visible')
  return message
}

describe('visibility in a queue', () => {
  it('shows a delayed message when its delay is over', () => {
    const queue = open()
    queue.send('a', { delayMs: 1000 })
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 1 })
    queue.pass(999)
    expect(queue.receiveIds()).toEqual([])
    queue.pass(1)
    expect(queue.receiveIds()).toEqual(['a'])
  })

  it('hides a received message until its visibility timeout is over, and counts its receives', () => {
    const queue = open()
    queue.send('a')
    expect(receiveOne(queue)).toMatchObject({ receiveCount: 1, firstReceivedAt: 0 })
    queue.pass(VISIBILITY_MS - 1)
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 1, delayed: 0 })
    expect(queue.receiveIds()).toEqual([])
    queue.pass(1)
    expect(queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 })
    expect(receiveOne(queue)).toMatchObject({ receiveCount: 2, firstReceivedAt: 0 })
  })

  it('uses the visibility timeout of a receive instead of the one of the queue', () => {
    const queue = open()
    queue.send('a')
    queue.receive(1, 5)
    queue.pass(5)
    expect(queue.receiveIds()).toEqual(['a'])
  })

  it('receives no more than asked for, the oldest first', () => {
    const queue = open()
    for (const id of ['a', 'b', 'c']) queue.send(id)
    expect(queue.receiveIds(2)).toEqual(['a', 'b'])
    expect(queue.receiveIds(2)).toEqual(['c'])
  })

  it('ends every delay and visibility timeout on request', () => {
    const queue = open()
    queue.send('a')
    queue.receive(1)
    queue.send('b', { delayMs: 900_000 })
    queue.showAll()
    expect(queue.receiveIds()).toEqual(['a', 'b'])
  })

  it('forgets a message that is older than the retention period', () => {
    const queue = open({ retentionMs: 60_000 })
    queue.send('a')
    queue.pass(60_000)
    expect(queue.all()).toHaveLength(1)
    queue.pass(1)
    expect(queue.receiveIds()).toEqual([])
    expect(queue.all()).toEqual([])
  })
})

describe('receipts of a queue', () => {
  it('removes a message by its latest receipt, also after the visibility timeout', () => {
    const queue = open()
    queue.send('a')
    const receipt = receiveOne(queue)
    queue.pass(VISIBILITY_MS)
    expect(queue.remove(receipt)).toBe(true)
    expect(queue.remove(receipt)).toBe(false)
    expect(queue.all()).toEqual([])
  })

  it('removes a message by an older receipt only while it is visible', () => {
    const queue = open()
    queue.send('a')
    const old = receiveOne(queue)
    queue.pass(VISIBILITY_MS)
    receiveOne(queue)
    expect(queue.remove(old)).toBe(false)
    queue.pass(VISIBILITY_MS)
    expect(queue.remove(old)).toBe(true)
  })

  it.each([true, false])('lets its settings decide about older receipts: %s', (accepts) => {
    const queue = open({ acceptsOldReceipt: () => accepts })
    queue.send('a')
    const old = receiveOne(queue)
    queue.pass(VISIBILITY_MS)
    receiveOne(queue)
    expect(queue.remove(old)).toBe(accepts)
  })

  it('changes the visibility timeout from now on, only of a message in flight and by its latest receipt', () => {
    const queue = open()
    queue.send('a')
    const old = receiveOne(queue)
    expect(queue.changeVisibility(old, 0)).toBe(true)
    expect(queue.changeVisibility(old, 10)).toBe(false)
    const latest = receiveOne(queue)
    expect(queue.changeVisibility(old, 0)).toBe(false)
    queue.pass(20_000)
    expect(queue.changeVisibility(latest, 20_000)).toBe(true)
    queue.pass(19_999)
    expect(queue.receiveIds()).toEqual([])
    queue.pass(1)
    expect(queue.receiveIds()).toEqual(['a'])
    expect(queue.changeVisibility({ id: 'unknown', receiveCount: 1 }, 0)).toBe(false)
  })
})

describe('the dead letters of a queue', () => {
  it('are the messages received as often as allowed, which make room for others in a receive', () => {
    const deadLetters: Message[] = []
    const redrive = { maxReceiveCount: 2, deadLetter: (message: Message) => deadLetters.push(message) }
    const queue = open({ redrive })
    queue.send('a')
    for (const _ of [1, 2]) {
      expect(queue.receiveIds()).toEqual(['a'])
      queue.pass(VISIBILITY_MS)
    }
    expect(deadLetters).toEqual([])
    queue.send('b')
    expect(queue.receiveIds(1)).toEqual(['b'])
    expect(deadLetters).toMatchObject([{ id: 'a', receiveCount: 2, sentAt: 0 }])
    expect(queue.all()).toMatchObject([{ id: 'b' }])
  })
})

describe('the order of a queue', () => {
  const message = (groupId: string): Message => ({
    ...{ id: groupId, sentAt: 0, visibleAt: 0, receiveCount: 0 },
    groupId: groupId === '-' ? undefined : groupId,
  })

  it.each([
    ['the oldest while nothing is in flight', 'ABC', '', 'ABC'],
    ['a group with nothing in flight first', 'AAB', 'A', 'BAA'],
    ['groups in turn', 'AAAABB', '', 'ABABAA'],
    ['the group with the fewest in flight until it has as many', 'AAABBB', 'AAB', 'BABABA'],
    ['a message without a group like a group with nothing in flight', 'A--A', 'A-', '--AA'],
    ['what one group has when no other waits', 'AAA', 'AAAA', 'AAA'],
  ])('takes %s', (_what, visible, inFlight, expected) => {
    const ordered = fewestInFlightFirst([...visible].map(message), [...inFlight].map(message))
    expect([...ordered].map(({ groupId = '-' }) => groupId).join('')).toBe(expected)
  })

  it('counts what is in flight, but not what is delayed', () => {
    const queue = open()
    for (const id of ['a1', 'a2']) queue.send(id, { groupId: 'a' })
    queue.receive(1)
    queue.send('b1', { groupId: 'b', delayMs: 1 })
    queue.send('b2', { groupId: 'b' })
    expect(queue.receiveIds()).toEqual(['b2', 'a2'])
  })

  it('can be another one, from which a receive takes no more than it needs', () => {
    let taken = 0
    const queue = open({
      *order(visible) {
        for (const each of visible.toReversed()) {
          taken++
          yield each
        }
      },
    })
    for (const id of ['a', 'b', 'c']) queue.send(id)
    expect(queue.receiveIds(2)).toEqual(['c', 'b'])
    expect(taken).toBe(2)
  })
})

describe('waiting for a queue', () => {
  it('reports when the next message becomes visible', () => {
    const queue = open()
    expect(queue.nextVisibleAt()).toBe(Number.POSITIVE_INFINITY)
    queue.send('a', { delayMs: 50 })
    queue.send('b', { delayMs: 20 })
    expect(queue.nextVisibleAt()).toBe(20)
    queue.pass(20)
    queue.receive(1)
    expect(queue.nextVisibleAt()).toBe(50)
  })

  it('calls those who watch at each change until they stop', () => {
    const queue = open()
    let calls = 0
    const unwatch = queue.watch(() => {
      calls++
    })
    const callsAfter = (change: () => void) => {
      calls = 0
      change()
      return calls
    }
    expect(callsAfter(() => queue.receive(1))).toBe(0)
    expect(callsAfter(() => queue.send('a'))).toBe(1)
    let receipt: Message | undefined
    expect(callsAfter(() => ([receipt] = queue.receive(1)))).toBe(1)
    expect(callsAfter(() => receipt && queue.changeVisibility(receipt, 10))).toBe(1)
    expect(callsAfter(() => queue.showAll())).toBe(1)
    unwatch()
    expect(callsAfter(() => queue.send('b'))).toBe(0)
  })
})

it('neither loses nor doubles a message, whatever is done to it', () => {
  const step = fc.record({
    action: fc.constantFrom('send', 'receive', 'remove', 'changeVisibility', 'showAll'),
    number: fc.nat(3),
    ms: fc.nat(40_000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ended: string[] = []
      const deadLetter = ({ id }: Message) => ended.push(id)
      const queue = open({ redrive: { maxReceiveCount: 3, deadLetter } })
      const receipts: Message[] = []
      let sent = 0
      for (const { action, number, ms } of steps) {
        queue.pass(ms)
        const receipt = receipts[receipts.length - 1 - number]
        if (action === 'send') queue.send(`${++sent}`, { groupId: `${number}`, delayMs: ms })
        if (action === 'receive') receipts.push(...queue.receive(number + 1, ms))
        if (action === 'remove' && receipt && queue.remove(receipt)) ended.push(receipt.id)
        if (action === 'changeVisibility' && receipt) queue.changeVisibility(receipt, ms)
        if (action === 'showAll') queue.showAll()
      }
      const all = [...ended, ...queue.all().map(({ id }) => id)]
      expect(all.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i + 1))
    }),
  )
})
