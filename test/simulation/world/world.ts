import type { Mode } from '../../../lib/contract/breach-event.ts'
import { type Deployment, modeAt, type Scenario } from '../scenario/scenario.ts'
import { createFaults, type Engine } from './environment.ts'
import { createPeople, type Entry, LEDGER_KEY, type People, PROJECT_ID, type QueueName } from './journal.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createProgressTable, type ProgressTable } from './progress.ts'
import { createSimulatedQueue, type NewMessage, type Queue } from './queue.ts'
import { createQuota, type Quota } from './quota.ts'
import { createStytch, FIRST_SECRET, type Stytch } from './stytch.ts'
import { createRandom, createTimeline } from './timeline.ts'

/** Everything outside the three functions. */
export type World = Engine & {
  scenario: Scenario
  deployment: Deployment
  queues: Record<QueueName, Queue>
  ledger: Ledger
  quota: Quota
  progress: ProgressTable
  people: People
  stytch: Stytch
  /** What Secrets Manager holds, by name. */
  secrets: Map<string, string>
  /** The mode of the stage, as it is deployed now. */
  mode: () => Mode
  /** Returns the number of the call that starts now. */
  numberCall: () => number
  /** Returns the number of the request to another endpoint that starts now. */
  numberAsk: () => number
  /** When the latest call started; before the first one, the start of the run. */
  lastCallAt: () => number
}

const START = Date.parse('2026-11-20T12:00:00Z')
const PASSWORD_AGE_MS = 30 * 24 * 3_600_000
const MAX_RECEIVE_COUNT = 5

/** Creates the world of a scenario, before anything happens in it, and the journal of what will. */
export function createWorld(scenario: Scenario, deployment: Deployment): { world: World; journal: Entry[] } {
  const random = createRandom(scenario.entropy)
  const timeline = createTimeline(START, random)
  const journal: Entry[] = []
  const note: Engine['note'] = (happening) => void journal.push({ ...happening, at: timeline.now() })
  const basis = { startedAt: START, timeline, random, note }
  const engine = { ...basis, faults: createFaults(scenario, basis) }
  const people = createPeople(scenario.people)
  let calls = 0
  let asks = 0
  let lastCallAt = START

  const world: World = {
    ...engine,
    scenario,
    deployment,
    queues: createQueues(engine, deployment),
    ledger: createLedger(engine),
    quota: createQuota(),
    progress: createProgressTable(engine),
    people,
    stytch: createStytch({
      people: scenario.people,
      emailOf: people.emailOf,
      rates: ratesOf(deployment),
      ways: scenario.ways,
      survivors: scenario.survivors,
      troubles: scenario.memberTroubles,
      now: timeline.now,
      passwordsSetAt: START - PASSWORD_AGE_MS,
    }),
    secrets: new Map([
      ['ledger key', LEDGER_KEY],
      ['stytch', toSecret(FIRST_SECRET)],
    ]),
    mode: () => modeAt({ scenario, deployment }, timeline.now() - START),
    numberCall: () => {
      lastCallAt = timeline.now()
      return ++calls
    },
    numberAsk: () => ++asks,
    lastCallAt: () => lastCallAt,
  }
  return { world, journal }
}

/** What Stytch allows all environments together. */
export function ratesOf({ stage, settings: { sessions } }: Deployment) {
  const {
    concurrency = 0,
    searchesPerMinute = 0,
    revocationsPerSecond = 0,
    readBacksPerSecond = 0,
  } = sessions ?? {}
  return {
    requestsPerSecond: stage.stytchRequestsPerSecond,
    searchesPerMinute: concurrency * searchesPerMinute,
    revocationsPerSecond: concurrency * revocationsPerSecond,
    readBacksPerSecond: concurrency * readBacksPerSecond,
  }
}

function createQueues(engine: Engine, { settings }: Deployment): World['queues'] {
  const { visibilityTimeoutSeconds, sessions } = settings
  const limits = { visibilityMs: visibilityTimeoutSeconds * 1000, maxReceiveCount: MAX_RECEIVE_COUNT }
  const visibilityMs = (sessions?.visibilityTimeoutSeconds ?? visibilityTimeoutSeconds) * 1000
  const deadLetters = createSimulatedQueue(engine, { name: 'dead-letter', ...limits })
  return {
    breach: createSimulatedQueue(engine, { name: 'breach', ...limits, deadLetters }),
    reset: createSimulatedQueue(engine, { name: 'reset', ...limits, deadLetters }),
    sessions: createSimulatedQueue(engine, { name: 'sessions', ...limits, visibilityMs, deadLetters }),
    'dead-letter': deadLetters,
    rehearsed: createSimulatedQueue(engine, { name: 'rehearsed', ...limits }),
  }
}

/** While fan-out is disabled a message is sent, and nobody receives it. */
export function sendToBreachQueue(
  { scenario, timeline, queues, startedAt }: World,
  message: NewMessage,
): void {
  const pausedMs = startedAt + (scenario.pausedUntil ?? 0) - timeline.now()
  queues.breach.send({ ...message, delaySeconds: Math.max(0, pausedMs / 1000) })
}

/** Returns the text of the Stytch secret. */
export function toSecret(secret: string, project_id = PROJECT_ID): string {
  return JSON.stringify({ project_id, secret })
}
