import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalQueue } from '../../infra/local/boot.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { personKey } from '../../lib/ledger/ledger.ts'
import type { LogWatch } from './log-watch.ts'
import { createPasswordChoices } from './passwords.ts'
import type { Scenario } from './scenario.ts'
import {
  countEnds,
  countRepeatedResets,
  createTally,
  type EndCounts,
  type RowEnd,
  readDeadLetters,
} from './tally.ts'

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
  repeatedResets: number
  newPasswords: { chosen: number; alive: number }
  crashes: number
}

/** What a delivery runs on. `onDelivery` is called when a delivery begins and returns what shows its progress. */
export type DeliveryRun = {
  system: LocalSystem
  scenario: Pick<Scenario, 'events' | 'rows'>
  logs: Pick<LogWatch, 'takeSkips'>
  onDelivery: (title: string, rows: number) => Progress
}

/** The progress of one delivery on the screen: `look` is called about ten times a second, `end` once. */
export type Progress = { look: () => void; end: () => void }

/**
 * Delivers the events, lets everyone who was reset choose a new password, and delivers the same events again.
 * With `crash`, the process of require-reset is killed when half of the rows have been called.
 */
export async function runDeliveries(
  run: DeliveryRun & { scenario: Scenario },
  { crash }: { crash: boolean },
): Promise<Report> {
  const { system, scenario } = run
  const { stytch } = system
  const passwords = createPasswordChoices(stytch)
  const chooseNewPasswords = () => passwords.choose((email) => !passwords.chosen().has(email))
  let crashes = 0
  let stolenAlive = 0

  function killHalfWay(): void {
    if (!crash || crashes > 0 || stytch.calls().length < scenario.rows / 2) return
    crashes = system.functions.requireReset.kill()
    chooseNewPasswords()
  }

  function countStolen({ kind, email }: RowEnd): void {
    if (email === undefined || kind === 'dead_lettered' || passwords.chosen().has(email)) return
    if (stytch.password(email).state === 'usable') stolenAlive++
  }

  async function deliverAll(title: string, onLook: () => void) {
    const startedAt = performance.now()
    const ends = await deliverOnce(run, title, (look) =>
      deliver(system, scenario.bodies, () => {
        look()
        onLook()
      }),
    )
    return { ends, seconds: (performance.now() - startedAt) / 1000 }
  }

  const delivered = await deliverAll('reset', killHalfWay)
  const first = countEnds(delivered.ends, countStolen)
  chooseNewPasswords()
  const deliveredAgain = await deliverAll('again', () => {})
  return {
    ...{ first, again: countEnds(deliveredAgain.ends), stolenAlive, crashes },
    seconds: { first: delivered.seconds, again: deliveredAgain.seconds },
    inQueue: countQueued(system),
    repeatedResets: countRepeatedResets(stytch.calls()),
    newPasswords: { chosen: passwords.chosen().size, alive: passwords.countAlive() },
  }
}

/**
 * Delivers by calling `work`, shows the progress, and resolves to how each row of each event ended, by what the delivery
 * left behind. The ends can be iterated once.
 */
export async function deliverOnce(
  { system, scenario, logs, onDelivery }: DeliveryRun,
  title: string,
  work: (look: () => void) => Promise<unknown>,
): Promise<Iterable<RowEnd>> {
  const { stytch, inspector, queues, ledger, credentials } = system
  const earlierCalls = stytch.calls().length
  const earlierLetters = new Set(inspector.messages(queues.deadLetter.url).map(({ messageId }) => messageId))
  logs.takeSkips()
  const progress = onDelivery(title, scenario.rows)
  await work(progress.look)
  progress.end()
  const tally = createTally(
    {
      calls: stytch.calls().slice(earlierCalls),
      skips: logs.takeSkips(),
      deadLetters: readDeadLetters(system, earlierLetters),
    },
    (email) => personKey(ledger.key, credentials.project_id, email),
  )
  return tallyAll(scenario.events, tally)
}

function* tallyAll(events: Scenario['events'], tally: ReturnType<typeof createTally>): Generator<RowEnd> {
  for (const event of events) yield* tally(event)
}

const LOOK_EVERY_MS = 100
const STUCK_MS = 120_000
/**
 * Messages on each queue when the next event is sent: enough that no function waits for work, and no more, so that one
 * invocation of fan-out is not handed five events of ten thousand.
 */
const MAX_QUEUED = { breach: 1, reset: 1000 }

/**
 * Puts the messages on the breach queue as a producer with a long list would, the next one when the queues are short
 * enough. Resolves when both work queues are empty again, or when nothing has moved on them for two minutes; the caller
 * counts what is left.
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

/** Counts the messages on the two work queues: waiting, delayed or being processed. */
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
