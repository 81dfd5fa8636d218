import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import {
  DAY,
  type Deployment,
  deploymentOf,
  HOUR,
  type Produced,
  type Row,
  type Scenario,
  SECOND,
} from '../scenario/scenario.ts'
import type { Seams } from './boot.ts'
import type { Entry } from './journal.ts'
import { startFunctions } from './lambda.ts'
import { scheduleOperator } from './operator.ts'
import { scheduleForgedLetters } from './stranger.ts'
import { createWorld, sendToBreachQueue, type World } from './world.ts'

/** Far more than an outage of 10,000 members needs. */
const MAX_ENTRIES = 1_500_000
/** Long after the last fault, the last copy, the retry horizon and the redrive. */
const END_MS = 13 * 24 * 3_600_000

/** A run that is over. */
export type Run = { scenario: Scenario; deployment: Deployment; world: World; journal: readonly Entry[] }

/** Plays a scenario until nothing is left to happen. `seams`: where a planted bug sits. */
export async function play(
  scenario: Scenario,
  seams: Seams = {},
  deployment: Deployment = deploymentOf(scenario),
): Promise<Run> {
  const { world, journal } = createWorld(scenario, deployment)
  startFunctions(world, seams)
  scheduleProducers(world)
  schedulePeople(world)
  scheduleOperator(world, seams)
  scheduleForgedLetters(world)
  await world.timeline.run(world.startedAt + END_MS, () => journal.length > MAX_ENTRIES)
  return { scenario, deployment, world, journal }
}

function scheduleProducers(world: World): void {
  const { scenario, timeline, people, startedAt } = world
  for (const [number, produced] of scenario.produced.entries()) {
    let body: string | undefined
    for (const later of [0, ...produced.copies]) {
      timeline.at(startedAt + produced.sentAt + later, () => {
        body ??= toBody(produced, {
          ...{ number, start: startedAt, lastCallAt: world.lastCallAt() },
          emailOf: people.emailOf,
        })
        const isForged = scenario.impostures.includes(number)
        sendToBreachQueue(world, {
          ...{ body, by: isForged ? 'an impostor' : 'a producer' },
          sender: isForged ? 'impostor' : 'producer',
        })
      })
    }
  }
}

function schedulePeople(world: World): void {
  const { scenario, timeline, stytch, startedAt, note } = world
  scheduleSessions(world)
  for (const { person, at } of scenario.newPasswords) {
    timeline.at(startedAt + at, () => {
      stytch.choosePassword(person)
      note({ what: 'chose a password', person: `p${person}` })
    })
  }
}

/** Members signed in before the start, or sign in soon or later. Nobody can tell which of the sessions are thieves'. */
function scheduleSessions({ scenario, timeline, random, stytch, startedAt, note }: World): void {
  for (const member of [...scenario.people.keys()].flatMap(stytch.membersOf)) {
    const begins = (chance: number, first: number, last: number) => {
      if (random.next('has a session') >= chance) return
      const at = startedAt + random.between('session begins', first, last)
      if (at <= startedAt) stytch.signIn(member, at)
      else
        timeline.at(at, () => {
          stytch.signIn(member)
          note({ what: 'signed in', member })
        })
    }
    begins(0.7, -DAY, 0)
    begins(0.2, 0, 5 * SECOND)
    begins(0.1, 0, HOUR)
  }
}

/** The body that a producer puts on the queue. The stolen password in it must never be printed. Moments in ms since the epoch. */
function toBody(
  { kind, rows, clockOff, exposedBefore, expiresAfter, mode, misplacesMode }: Produced,
  context: { number: number; start: number; lastCallAt: number; emailOf: (person: number) => string },
): string {
  const { number, start, lastCallAt, emailOf } = context
  if (kind === 'broken JSON') return `{"breach": "canary-rubbish ${emailOf(0)}"`
  const instant = (ms: number) => new Date(ms).toISOString()
  const detectedAt = start + clockOff
  const misplaced = misplacesMode && { mode: 'dry_run' }
  const event = JSON.stringify({
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: number % 2 === 0 ? 'urn:even' : 'urn:odd',
    id: `event-${number >> 1}`,
    time: instant(detectedAt),
    ...(kind === 'event' && misplaced),
    ...(expiresAfter !== undefined && { expirytime: instant(start + expiresAfter) }),
    data: {
      reason: 'infostealer',
      ...(exposedBefore !== undefined && {
        exposed_at: instant(exposedBefore === 'at the last call' ? lastCallAt : start - exposedBefore),
      }),
      ...(mode && { mode }),
      members: rows.map((row) => toMember(row, emailOf)),
    },
  })
  return kind === 'event' ? event : JSON.stringify({ Type: 'Notification', ...misplaced, Message: event })
}

function toMember(row: Row, emailOf: (person: number) => string) {
  if (row === 'bad') return { email_address: 'canary without an at sign' }
  const { person, ids } = row
  const email_address = person % 2 === 0 ? emailOf(person) : emailOf(person).toUpperCase()
  const stolen = { password: 'canary-stolen-password' }
  if (ids === 'none') return { email_address, ...stolen }
  const member_id = ids === 'right' ? `member-test-p${person}` : 'member-test-of-somebody-else'
  return { email_address, member_id, ...stolen }
}
