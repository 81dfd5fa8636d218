import type { Scenario } from '../scenario/scenario.ts'
import { createBrownOut } from './create-brown-out.ts'
import { createDice } from './create-dice.ts'
import { createFaults } from './create-faults.ts'
import { createLedger } from './create-ledger.ts'
import { createPeople, LEDGER_KEY, PROJECT_ID } from './create-people.ts'
import { createQueue } from './create-queue.ts'
import { createQuota } from './create-quota.ts'
import { createStytch, FIRST_SECRET } from './create-stytch.ts'
import { createTimeline } from './create-timeline.ts'
import type { Entry, Happening } from './entry.ts'
import type { Deployment, World } from './world.ts'

const START = Date.parse('2026-11-20T12:00:00Z')
const PASSWORD_AGE_MS = 30 * 24 * 3_600_000
const MOST_RECEIVES = 5

/** The world of a scenario, before anything happens in it, and the journal of what does. */
export function createWorld(scenario: Scenario, deployment: Deployment): { world: World; journal: Entry[] } {
  const dice = createDice(scenario.entropy)
  const timeline = createTimeline(START, dice)
  const journal: Entry[] = []
  const note = (happening: Happening) => void journal.push({ ...happening, at: timeline.now() })
  const people = createPeople(scenario.people.length)
  const visibilityMs = deployment.settings.visibilityTimeoutSeconds * 1000
  const limits = { visibilityMs, mostReceives: MOST_RECEIVES }
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
