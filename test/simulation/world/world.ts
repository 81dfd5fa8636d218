import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Settings } from '../../../infra/derive-settings.ts'
import type { Stage } from '../../../infra/stage.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'
import { describeError } from '../../../lib/observability/describe-error.ts'
import type { MetricName, Observe, OutcomeLine } from '../../../lib/observability/observe.ts'
import { FAULTS_AT, type FaultKind, type Step } from '../scenario/arbitrary.ts'
import type { Brownout, PlannedFault, Scenario } from '../scenario/scenario.ts'
import type { Environment } from './environment.ts'
import { createQueue, type Queue } from './queue.ts'
import { createStytch, FIRST_SECRET, type Stytch } from './stytch.ts'
import { createLedger, createQuota, type Ledger, type Quota } from './tables.ts'

/** For whom a request is served, and how. */
export type Answering = { invocation: string; fault: FaultKind | undefined }

/**
 * How the functions are deployed: the knobs of a stage, what follows from them, and how often (0 to 1) Lambda does not reuse
 * an idle execution environment.
 */
export type Deployment = { stage: Stage; settings: Settings; recycled: number }

/** Everything outside the two functions. */
export type World = {
  scenario: Scenario
  deployment: Deployment
  timeline: Timeline
  dice: Dice
  takeFault: TakeFault
  /** What befalls a request to AWS that is made now, `since` ms after the start. */
  brownOut: (step: Step, since: number) => FaultKind | undefined
  note: (happening: Happening) => void
  queues: Record<QueueName, Queue>
  ledger: Ledger
  quota: Quota
  people: People
  stytch: Stytch
  /** What Secrets Manager holds, by name. */
  secrets: Map<string, string>
  startedAt: number
  numberCall: () => number
  /** When somebody was called last; before the first call, the start. */
  lastCallAt: () => number
}

const START = Date.parse('2026-11-20T12:00:00Z')
const PASSWORD_AGE_MS = 30 * 24 * 3_600_000
const MAX_RECEIVES = 5

/** The world of a scenario, before anything happens in it, and the journal of what does. */
export function createWorld(scenario: Scenario, deployment: Deployment): { world: World; journal: Entry[] } {
  const dice = createDice(scenario.entropy)
  const timeline = createTimeline(START, dice)
  const journal: Entry[] = []
  const note = (happening: Happening) => void journal.push({ ...happening, at: timeline.now() })
  const people = createPeople(scenario.people.length)
  const visibilityMs = deployment.settings.visibilityTimeoutSeconds * 1000
  const limits = { visibilityMs, maxReceives: MAX_RECEIVES }
  const parts = { timeline, dice, note }
  const deadLetters = createQueue(parts, { name: 'dead-letter', ...limits })
  let calls = 0
  let lastCallAt = START

  const world: World = {
    scenario,
    deployment,
    timeline,
    dice,
    note,
    takeFault: createFaults(scenario.faults, note),
    brownOut: createBrownOut(scenario.brownouts, dice),
    queues: {
      breach: createQueue(parts, { name: 'breach', ...limits, deadLetters }),
      reset: createQueue(parts, { name: 'reset', ...limits, deadLetters }),
      'dead-letter': deadLetters,
    },
    ledger: createLedger(timeline, dice),
    quota: createQuota(),
    people,
    stytch: createStytch({
      people: scenario.people,
      emailOf: people.emailOf,
      requestsPerSecond: deployment.stage.stytchRequestsPerSecond,
      now: timeline.now,
      passwordsSetAt: START - PASSWORD_AGE_MS,
    }),
    secrets: new Map([
      ['ledger key', LEDGER_KEY],
      ['stytch', toSecret(FIRST_SECRET)],
    ]),
    startedAt: START,
    numberCall: () => {
      lastCallAt = timeline.now()
      return ++calls
    },
    lastCallAt: () => lastCallAt,
  }
  return { world, journal }
}

/** The text of the Stytch secret. */
export function toSecret(secret: string): string {
  return JSON.stringify({ project_id: PROJECT_ID, secret })
}

export type Dice = {
  /** 0 to 1, 1 excluded. Every purpose has a sequence of its own, so that taking a fault away disturbs little else. */
  roll(purpose: string): number
  /** A whole number from `least` to `most`. */
  between(purpose: string, least: number, most: number): number
}

/** All randomness of a run, from one number. */
export function createDice(entropy: number): Dice {
  const sequences = new Map<string, () => number>()

  function roll(purpose: string): number {
    let next = sequences.get(purpose)
    if (!next) {
      const generator = xoroshiro128plus(hash(purpose, entropy))
      next = () => uniformFloat64(generator)
      sequences.set(purpose, next)
    }
    return next()
  }

  return {
    roll,
    between: (purpose, least, most) => least + Math.floor(roll(purpose) * (most - least + 1)),
  }
}

/** FNV-1a. */
function hash(text: string, start: number): number {
  let value = start ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}

export type Timeline = {
  now(): number
  at(moment: number, happen: () => void): void
  after(ms: number, happen: () => void): void
  /** Lets everything happen, one thing after the other, until nothing is left, or the time is `until`, or `isEnough` says so. */
  run(until: number, isEnough: () => boolean): Promise<void>
}

/**
 * Virtual time in whole ms. Between two happenings the code under test runs until it waits again; what is due in the same
 * ms happens in an order that the dice choose. (fast-check's scheduler orders promises, but has no clock.)
 */
export function createTimeline(start: number, dice: Dice): Timeline {
  const due: { moment: number; order: number; happen: () => void }[] = []
  let time = start

  function at(moment: number, happen: () => void): void {
    const entry = { moment: Math.max(time, Math.ceil(moment)), order: dice.roll('order'), happen }
    let low = 0
    for (let high = due.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (isBefore(due[middle] ?? entry, entry)) high = middle
      else low = middle + 1
    }
    due.splice(low, 0, entry)
  }

  /** The latest is first, so that the next one is cheap to take. */
  const isBefore = (one: { moment: number; order: number }, other: { moment: number; order: number }) =>
    one.moment < other.moment || (one.moment === other.moment && one.order < other.order)

  function run(until: number, isEnough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      function next(): void {
        const soonest = due.at(-1)
        if (!soonest || soonest.moment > until || isEnough()) resolve()
        else take(soonest)
      }
      function take({ moment, happen }: (typeof due)[number]): void {
        due.pop()
        time = moment
        try {
          happen()
          setImmediate(next)
        } catch (error) {
          reject(error)
        }
      }
      setImmediate(next)
    })
  }

  return { now: () => time, at, after: (ms, happen) => at(time + ms, happen), run }
}

const LEDGER_KEY = 'canary-ledger-key-'.repeat(4)
export const PROJECT_ID = 'project-test-simulation'

type People = ReturnType<typeof createPeople>

/** The people of a run: by number, by an e-mail that must never be seen, and by the ledger's HMAC. */
function createPeople(count: number) {
  const emails = Array.from({ length: count }, (_, index) => `p${index}.canary@leak.example`)
  const byKey = new Map(emails.map((email, index) => [personKey(LEDGER_KEY, PROJECT_ID, email), `p${index}`]))
  return {
    emailOf: (person: number) => emails[person] ?? '',
    /** `p3`, or undefined when it is nobody's e-mail. */
    named: (email: unknown) =>
      typeof email === 'string' ? /^(p\d+)\.canary@/.exec(normalizeEmail(email))?.[1] : undefined,
    keyed: (key: string) => byKey.get(key) ?? 'nobody known',
  }
}

type TakeFault = (step: Step) => FaultKind | undefined

/** Returns what counts how often each step was taken, and says which fault strikes this time. */
function createFaults(planned: readonly PlannedFault[], note: (happening: Happening) => void): TakeFault {
  const taken = new Map<Step, number>()
  return (step) => {
    const nth = taken.get(step) ?? 0
    taken.set(step, nth + 1)
    const fault = planned.find((one) => one.step === step && one.nth === nth)?.kind
    if (fault) note({ what: 'fault', step, fault })
    return fault
  }
}

const MIXED: readonly FaultKind[] = ['slow', 'slow', 'refused', 'unanswered', 'partial']
const SHARE = { mixed: 0.5, partial: 0.9 }

/** Returns what befalls a request to AWS that is made now, `since` ms after the start, because AWS has a bad day. */
function createBrownOut(brownouts: readonly Brownout[], dice: Dice) {
  return (step: Step, since: number): FaultKind | undefined => {
    const brownout = brownouts.find(({ from, lasts }) => from <= since && since < from + lasts)
    if (!brownout || dice.roll('brownout') >= SHARE[brownout.as]) return undefined
    const fault = brownout.as === 'partial' ? 'partial' : MIXED[dice.between('brownout', 0, MIXED.length - 1)]
    const possible: readonly FaultKind[] = FAULTS_AT[step]
    return fault && possible.includes(fault) ? fault : undefined
  }
}

/** Receives each metric of a living process, with the name of its environment. */
export type OnMeasure = (environment: string, name: MetricName, value: number) => void

/** Notes what a function tells the outside; what a dead process would say is never heard. */
export function createRecorder(
  { note }: World,
  environment: Environment,
  onMeasure: OnMeasure = () => {},
): Observe {
  const say = (...parts: unknown[]) => {
    if (environment.isAlive()) note({ what: 'said', text: JSON.stringify(parts) })
  }
  return {
    outcome: (line) => {
      if (environment.isAlive())
        note({ what: 'outcome', invocation: environment.invocation?.id ?? environment.name, line })
    },
    measure: (name, value) => {
      if (environment.isAlive()) onMeasure(environment.name, name, value)
    },
    note: say,
    failure: (message, error) => say(message, describeError(error)),
  }
}

export type QueueName = 'breach' | 'reset' | 'dead-letter'

/** A message as an invocation received it. */
type Received = { message: string; receives: number }

/** Something that happened in a run. People are named by number (`p3`), as the journal is printed. */
export type Happening =
  | {
      what: 'sent'
      queue: QueueName
      message: string
      body: string
      attributes: Record<string, string>
      groupId: string | undefined
      delaySeconds: number
      /** The invocation, or who else. */
      by: string
      /** The second of two that one request made. */
      copy: boolean
    }
  | { what: 'moved to the dead-letter queue by SQS'; queue: QueueName; message: string }
  | {
      what: 'invoked'
      invocation: string
      role: 'fan-out' | 'require-reset'
      environment: string
      fresh: boolean
      received: readonly Received[]
      deadline: number
    }
  /** With what was in the ledger at that moment, whatever the answer said. */
  | { what: 'page read'; invocation: string; resets: readonly (readonly [string, number | undefined])[] }
  | { what: 'called'; invocation: string; environment: string; call: number; person: string }
  | { what: 'reached Stytch'; call: number; effect: boolean }
  | { what: 'answered'; call: number; as: string; retryAfterMs: number | undefined }
  | {
      what: 'row stored'
      invocation: string
      person: string
      kind: string
      resetAt: number
      outcome: string
    }
  /** Under a name of the stage's sources. */
  | { what: 'counted'; invocation: string; name: string; members: number }
  | { what: 'remembered'; invocation: string; message: string }
  | { what: 'outcome'; invocation: string; line: OutcomeLine }
  | { what: 'said'; text: string }
  | { what: 'fault' | 'brownout'; step: Step; fault: FaultKind }
  | { what: 'never taken by AWS'; step: Step; why: string }
  | { what: 'crashed'; environment: string; invocation: string | undefined; why: string }
  | { what: 'ended'; invocation: string; failures: readonly string[] }
  | { what: 'acknowledged'; invocation: string; messages: readonly string[] }
  | { what: 'chose a password'; person: string }

/** `at` in ms since the epoch. */
export type Entry = Happening & { at: number }
