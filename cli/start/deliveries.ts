import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalQueue } from '../../infra/local/boot.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { SimulatorCall } from '../../infra/local/stytch/simulator.ts'
import { personKey } from '../../lib/ledger/ledger.ts'
import type { LogWatch } from './log-watch.ts'
import type { Scenario } from './scenario.ts'
import { countEnds, createTally, type EndCounts, type RowEnd, readDeadLetters } from './tally.ts'

export type Delivery = { look: () => void; end: () => void }

/** What was seen from outside, over the first delivery and the second one of the same events. */
export type Report = {
  first: EndCounts
  again: EndCounts
  /** How long each delivery took. */
  seconds: { first: number; again: number }
  inQueue: number
  /** People who are not on the dead-letter queue and whose stolen password still works after the first delivery. */
  stolenAlive: number
  /** People who were called again after Stytch had reset them. */
  twice: number
  newPasswords: { chosen: number; alive: number }
  crashes: number
}

/**
 * Delivers the events, lets everybody who was reset choose a new password, and delivers the same events again.
 * With `crash`, the process of require-reset is killed when half of the rows have been called.
 */
export async function runDeliveries(
  system: LocalSystem,
  scenario: Pick<Scenario, 'events' | 'bodies' | 'rows'>,
  logs: Pick<LogWatch, 'takeSkips'>,
  options: {
    crash: boolean
    onDelivery: (title: string, rows: number) => Delivery
    onLook: () => void
  },
): Promise<Report> {
  const { stytch } = system
  const { bodies, rows } = scenario
  const chosen = new Map<string, number>()
  let crashes = 0
  let stolenAlive = 0

  const deliverOnce = createDeliverOnce(system, scenario, logs, options.onDelivery)

  function killHalfWay(): void {
    if (!options.crash || crashes > 0 || stytch.calls().length < rows / 2) return
    crashes = system.functions.requireReset.kill()
    chooseNewPasswords()
  }

  function chooseNewPasswords(): void {
    for (const { email, effect } of stytch.calls()) {
      if (effect === 'none' || chosen.has(email)) continue
      const at = Date.now()
      chosen.set(email, at)
      stytch.setPassword(email, at)
    }
  }

  function lookForStolen({ kind, email }: RowEnd): void {
    if (email === undefined || kind === 'dead_lettered' || chosen.has(email)) return
    if (stytch.password(email).state === 'usable') stolenAlive++
  }

  async function deliverAll(title: string, onLook: () => void) {
    const startedAt = performance.now()
    const ends = await deliverOnce(title, (look) =>
      deliver(system, bodies, () => {
        look()
        options.onLook()
        onLook()
      }),
    )
    return { ends, seconds: (performance.now() - startedAt) / 1000 }
  }

  const delivered = await deliverAll('reset', killHalfWay)
  const first = countEnds(delivered.ends, lookForStolen)
  chooseNewPasswords()
  const deliveredAgain = await deliverAll('again', () => {})
  const again = countEnds(deliveredAgain.ends)

  let alive = 0
  for (const [email, at] of chosen) {
    const { state, setAt } = stytch.password(email)
    if (state === 'usable' && setAt === at) alive++
  }
  return {
    ...{ first, again, stolenAlive, crashes },
    seconds: { first: delivered.seconds, again: deliveredAgain.seconds },
    inQueue: countQueued(system),
    twice: countTwice(stytch.calls()),
    newPasswords: { chosen: chosen.size, alive },
  }
}

/**
 * Returns what shows the progress of a delivery that `work` makes, and resolves to how each row of each event ended, by
 * what was left behind meanwhile. The ends can be gone through once.
 */
export function createDeliverOnce(
  system: LocalSystem,
  { events, rows }: Pick<Scenario, 'events' | 'rows'>,
  logs: Pick<LogWatch, 'takeSkips'>,
  onDelivery: (title: string, rows: number) => Delivery,
) {
  const { stytch, inspector, queues } = system
  const keyOf = (email: string) => personKey(system.ledger.key, system.credentials.project_id, email)

  return async (title: string, work: (look: () => void) => Promise<unknown>): Promise<Iterable<RowEnd>> => {
    const earlierCalls = stytch.calls().length
    const oldLetters = new Set(inspector.messages(queues.deadLetter.url).map(({ messageId }) => messageId))
    logs.takeSkips()
    const delivery = onDelivery(title, rows)
    await work(delivery.look)
    delivery.end()
    const tally = createTally(
      {
        calls: stytch.calls().slice(earlierCalls),
        skips: logs.takeSkips(),
        deadLetters: readDeadLetters(system, oldLetters),
      },
      keyOf,
    )
    return tallyAll(tally)
  }

  function* tallyAll(tally: ReturnType<typeof createTally>): Generator<RowEnd> {
    for (const event of events) yield* tally(event)
  }
}

const LOOK_EVERY_MS = 100
const STUCK_MS = 120_000
/**
 * Messages on each queue when the next event is sent: enough that nobody waits for work, and no more, so that one
 * invocation of fan-out is not handed five events of ten thousand.
 */
const MAX_QUEUED = { breach: 1, reset: 1000 }

/**
 * Puts the messages on the breach queue as a producer with a long list would, the next one when the queues are short
 * enough, and resolves when both work queues are empty again, or when nothing has moved on them for two minutes: what is
 * still there then is for the caller to count.
 */
export async function deliver(
  { sqs, inspector, queues }: Pick<LocalSystem, 'sqs' | 'inspector' | 'queues'>,
  bodies: Iterable<string>,
  onLook: () => void,
): Promise<void> {
  let movedAt = Date.now()
  let seen = ''

  async function untilQueued(most: { breach: number; reset: number }): Promise<'few' | 'stuck'> {
    for (;;) {
      const breach = countOn(inspector, queues.breach)
      const reset = countOn(inspector, queues.reset)
      if (breach <= most.breach && reset <= most.reset) return 'few'
      onLook()
      const now = describeQueues({ inspector, queues })
      if (now !== seen) movedAt = Date.now()
      if (Date.now() - movedAt >= STUCK_MS) return 'stuck'
      seen = now
      await sleep(LOOK_EVERY_MS)
    }
  }

  for (const MessageBody of bodies) {
    if ((await untilQueued(MAX_QUEUED)) === 'stuck') break
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody }))
    movedAt = Date.now()
  }
  await untilQueued({ breach: 0, reset: 0 })
  onLook()
}

/** Messages on the two work queues: waiting, delayed or being worked on. */
export function countQueued({ inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>): number {
  return countOn(inspector, queues.breach) + countOn(inspector, queues.reset)
}

function countOn(inspector: LocalSystem['inspector'], { url }: LocalQueue): number {
  const { visible, inFlight, delayed } = inspector.depth(url)
  return visible + inFlight + delayed
}

function describeQueues({ inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>): string {
  return JSON.stringify(
    [queues.breach, queues.reset, queues.deadLetter].map(({ url }) => inspector.depth(url)),
  )
}

/** How many people were called again after a call had reset them. `calls`: in the order of arrival. */
export function countTwice(calls: readonly Pick<SimulatorCall, 'email' | 'effect'>[]): number {
  const reset = new Set<string>()
  const twice = new Set<string>()
  for (const { email, effect } of calls) {
    if (reset.has(email)) twice.add(email)
    else if (effect !== 'none') reset.add(email)
  }
  return twice.size
}
