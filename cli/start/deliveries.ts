import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalQueue } from '../../infra/local/boot.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { personKey } from '../../lib/ledger/ledger.ts'
import { countEndsWithSessions, type EndCounts } from './counts.ts'
import { readDeadLetters } from './dead-letters.ts'
import type { LogWatch } from './log-watch.ts'
import { createPasswordChoices } from './passwords.ts'
import type { Scenario } from './scenario.ts'
import { countEndedSessions, countStolenSessions, type EndedSessions, signIn } from './sessions.ts'
import { countRepeatedResets, createTally, type RowEnd } from './tally.ts'

/** What was seen from outside, over the first delivery and the second one of the same events. */
export type Report = {
  first: EndCounts
  again: EndCounts
  /** How end-sessions ended with the people of the first delivery, and of the second; and Stytch's sessions after the first. */
  sessions: EndedSessions & { stolenAlive: number; first: EndCounts; again: EndCounts }
  /** How long each delivery took. */
  seconds: { first: number; again: number }
  inQueue: number
  /** People who are not on the dead-letter queue and whose stolen password still works after the first delivery. */
  stolenAlive: number
  /** People who were called again after Stytch had reset them. */
  repeatedResets: number
  newPasswords: { chosen: number; alive: number }
  /** Of people whose sessions had ended, and who signed in again before the second delivery. */
  newSessions: { begun: number; alive: number }
  /** Processes killed. */
  crashes: { requireReset: number; endSessions: number }
}

/** What a delivery runs on. `onDelivery` is called when a delivery begins and returns what shows its progress. */
export type DeliveryRun = {
  system: LocalSystem
  scenario: Pick<Scenario, 'events' | 'rows'>
  logs: Pick<LogWatch, 'takeSkips' | 'takeSessionEnds' | 'lines'>
  onDelivery: (title: string, rows: number) => Progress
}

/** The progress of one delivery on the screen: `look` is called about ten times a second, `end` once. */
export type Progress = { look: () => void; end: () => void }

/**
 * Delivers the events, lets everyone who was reset choose a new password and sign in, and delivers the same events again.
 * With `crash`, the process of require-reset is killed when half of the rows have been called, and the one of end-sessions half-way.
 */
export async function runDeliveries(
  run: DeliveryRun & { scenario: Scenario },
  { crash }: { crash: boolean },
): Promise<Report> {
  const { system, scenario } = run
  const { stytch } = system
  const passwords = createPasswordChoices(stytch)
  const chooseNewPasswords = () => passwords.choose((email) => !passwords.chosen().has(email))
  const killHalfWay = createKiller(system, scenario.rows)
  const people = { whoseSessionsHadToEnd: new Set<string>(), whoseSessionsEnded: new Set<string>() }
  let crashes: Report['crashes'] = { requireReset: 0, endSessions: 0 }
  let stolenAlive = 0

  function lookForKills(): void {
    if (!crash) return
    const before = crashes.requireReset
    crashes = killHalfWay()
    if (crashes.requireReset > before) chooseNewPasswords()
  }

  function noteEnd({ kind, email, sessions }: RowEnd): void {
    if (email === undefined || kind === 'dead_lettered') return
    if (sessions?.kind !== 'dead_lettered') people.whoseSessionsHadToEnd.add(email)
    if (sessions?.kind === 'ended') people.whoseSessionsEnded.add(email)
    if (!passwords.chosen().has(email) && stytch.password(email).state === 'usable') stolenAlive++
  }

  async function deliverAll(title: string, onLook: () => void, onEnd: (end: RowEnd) => void) {
    const startedAt = performance.now()
    const ends = await deliverOnce(run, title, (look) =>
      deliver(system, scenario.bodies, () => {
        look()
        onLook()
      }),
    )
    const counted = countEndsWithSessions(ends, onEnd)
    return { ...counted, seconds: (performance.now() - startedAt) / 1000 }
  }

  const first = await deliverAll('reset', lookForKills, noteEnd)
  const sessions = {
    ...countEndedSessions(stytch),
    stolenAlive: countStolenSessions(stytch, people.whoseSessionsHadToEnd, Date.now()),
  }
  chooseNewPasswords()
  const signedIn = signIn(stytch, people.whoseSessionsEnded)
  const again = await deliverAll(
    'again',
    () => {},
    () => {},
  )
  return {
    ...{ first: first.counts, again: again.counts, stolenAlive, crashes },
    sessions: { ...sessions, first: first.passedOn, again: again.passedOn },
    seconds: { first: first.seconds, again: again.seconds },
    inQueue: countQueued(system),
    repeatedResets: countRepeatedResets(stytch.calls()),
    newPasswords: { chosen: passwords.chosen().size, alive: passwords.countAlive() },
    newSessions: { begun: signedIn.begun, alive: signedIn.countAlive() },
  }
}

/**
 * Returns a function that kills the process of require-reset once half of the rows have been called, and the one of end-sessions once a
 * quarter of the rows has been revoked, each when it is at work, and returns how many processes it has killed so far.
 */
function createKiller(
  { stytch, functions }: Pick<LocalSystem, 'stytch' | 'functions'>,
  rows: number,
): () => Report['crashes'] {
  const crashes = { requireReset: 0, endSessions: 0 }
  return () => {
    if (crashes.requireReset === 0 && stytch.calls().length >= rows / 2)
      crashes.requireReset = functions.requireReset.kill()
    const revoked = stytch.sessionCalls().filter(({ endpoint }) => endpoint === 'revoke').length
    if (crashes.endSessions === 0 && revoked >= rows / 4)
      crashes.endSessions = functions.endSessions?.kill() ?? 0
    return { ...crashes }
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
  logs.takeSessionEnds()
  const progress = onDelivery(title, scenario.rows)
  await work(progress.look)
  await untilQuiet(logs)
  progress.end()
  const tally = createTally(
    {
      calls: stytch.calls().slice(earlierCalls),
      skips: logs.takeSkips(),
      sessionEnds: queues.sessions && logs.takeSessionEnds(),
      deadLetters: readDeadLetters(system, earlierLetters),
    },
    (email) => personKey(ledger.key, credentials.project_id, email),
  )
  return tallyAll(scenario.events, tally)
}

const QUIET_MS = 300

/** The last lines of a function's log arrive after its answer, as at AWS. */
async function untilQuiet({ lines }: Pick<LogWatch, 'lines'>): Promise<void> {
  for (let seen = -1; seen !== lines(); ) {
    seen = lines()
    await sleep(QUIET_MS)
  }
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
 * enough. Resolves when all work queues are empty again, or when nothing has moved on them for two minutes; the caller
 * counts what is left.
 */
export async function deliver(
  { sqs, inspector, queues }: Pick<LocalSystem, 'sqs' | 'inspector' | 'queues'>,
  bodies: Iterable<string>,
  onLook: () => void,
): Promise<void> {
  let movedAt = Date.now()
  let seen = ''

  const isShort = () =>
    countOn(inspector, queues.breach) <= MAX_QUEUED.breach &&
    countOn(inspector, queues.reset) <= MAX_QUEUED.reset

  async function until(isReached: () => boolean): Promise<'reached' | 'stuck'> {
    for (;;) {
      if (isReached()) return 'reached'
      onLook()
      const now = describeQueues({ inspector, queues })
      if (now !== seen) movedAt = Date.now()
      if (Date.now() - movedAt >= STUCK_MS) return 'stuck'
      seen = now
      await sleep(LOOK_EVERY_MS)
    }
  }

  for (const MessageBody of bodies) {
    if ((await until(isShort)) === 'stuck') break
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody }))
    movedAt = Date.now()
  }
  await until(() => countQueued({ inspector, queues }) === 0)
  onLook()
}

/** Counts the messages on the work queues: waiting, delayed or being processed. */
export function countQueued({ inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>): number {
  return workQueues(queues).reduce((sum, queue) => sum + countOn(inspector, queue), 0)
}

function workQueues({ breach, reset, sessions }: LocalSystem['queues']): LocalQueue[] {
  return [breach, reset, ...(sessions ? [sessions] : [])]
}

function countOn(inspector: LocalSystem['inspector'], { url }: LocalQueue): number {
  const { visible, inFlight, delayed } = inspector.depth(url)
  return visible + inFlight + delayed
}

function describeQueues({ inspector, queues }: Pick<LocalSystem, 'inspector' | 'queues'>): string {
  return JSON.stringify([...workQueues(queues), queues.deadLetter].map(({ url }) => inspector.depth(url)))
}
