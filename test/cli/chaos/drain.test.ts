import { expect, it } from 'vitest'
import { drain } from '../../../cli/start/chaos/plan.ts'

type Depth = { visible: number; inFlight: number; delayed: number }
const EMPTY: Depth = { visible: 0, inFlight: 0, delayed: 0 }

/** Queues whose depths change with each look; the breach queue keeps the last of its own. */
async function drainQueues(reset: Depth[], breach: Depth[] = []) {
  const cut: [resetDepth: Depth, messages: number][] = []
  const now = () => reset[0] ?? EMPTY
  const inspector = {
    depth: (url: string) => (url === 'reset' ? now() : (breach[0] ?? EMPTY)),
    letTimePass: () => {},
  }
  const queues = { breach: { url: 'breach' }, reset: { url: 'reset' }, deadLetter: { url: 'dead' } }
  const total = await drain({ inspector, queues } as unknown as Parameters<typeof drain>[0], {
    look: () => void [reset.shift(), breach.shift()],
    onCut: (messages) => void cut.push([now(), messages]),
  })
  return { total, cut }
}

it('cuts retry delays short when nothing else is waited for, and says of how many messages', async () => {
  const delayed = { ...EMPTY, delayed: 3 }
  expect(await drainQueues([EMPTY, delayed], [{ ...EMPTY, visible: 1 }])).toEqual({
    total: 3,
    cut: [[delayed, 3]],
  })
})

it.each([
  ['a message that a dead process hides', [{ ...EMPTY, inFlight: 1, delayed: 2 }], []],
  ['a message that can be received', [{ ...EMPTY, visible: 1, delayed: 2 }], []],
  ['an event on the breach queue', [{ ...EMPTY, delayed: 2 }], [{ ...EMPTY, inFlight: 1 }]],
])('lets time really pass for %s', async (_, reset, breach) => {
  const [first = EMPTY] = reset
  const [busy = EMPTY] = breach
  expect(await drainQueues([first, first, first], [busy, busy, busy])).toEqual({ total: 0, cut: [] })
})
