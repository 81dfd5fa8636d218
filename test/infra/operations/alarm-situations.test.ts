import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../../infra/derive-settings.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { isAlarming } from '../../cloudwatch/metrics.ts'
import { readAlarms } from '../../cloudwatch/read-alarms.ts'
import { watchSimulation } from '../../cloudwatch/watch-simulation.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { stages } from '../../fixtures/stages.ts'
import type { Outage, PlannedFault } from '../../simulation/scenario/faults.ts'
import type { PersonKind } from '../../simulation/scenario/scenario.ts'
import type { Client, Seams } from '../../simulation/world/boot.ts'
import type { World } from '../../simulation/world/world.ts'
import { synthesize } from '../template-of.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STAGE_NAME = 'prod'
const stage = { ...stages.prod, mode: 'enforce', endSessions: false } as const
const alarms = readAlarms(synthesize(STAGE_NAME, stage).toJSON() as Parameters<typeof readAlarms>[0])

/** Trouble begins, and an event with 100 members is sent, after ten quiet minutes in which the first canary comes through. */
const BEGIN = 10 * MINUTE
const MEMBERS = 100

type Situation = {
  /** What goes wrong at Stytch from the beginning of the trouble on. */
  outage?: Omit<Outage, 'from'>
  faults?: PlannedFault[]
  people?: PersonKind[]
  seams?: Seams
  /** Happens when the trouble begins. */
  begin?: (world: World) => void
  /** From the beginning of the trouble on. Left out: an hour. */
  lasts?: number
  /** Every alarm that goes on, at any time. */
  on: string[]
  /** Those that are on at the end. Left out: none. */
  stay?: string[]
}

/** A client whose requests fail or hang from the beginning of the trouble on, if `isHit` says so. */
const troubled =
  (how: 'fails' | 'hangs', isHit: (input: Record<string, unknown>) => boolean) =>
  (client: Client, { timeline, startedAt }: World): Client => ({
    send: (command) => {
      const { input } = command as { input: Record<string, unknown> }
      if (timeline.now() - startedAt < BEGIN || !isHit(input)) return client.send(command)
      return how === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('denied'))
    },
  })
const sendsTo =
  (how: 'fails' | 'hangs', role: string, queue: string): NonNullable<Seams['sqs']> =>
  (client, world, environment) =>
    environment.name.startsWith(role)
      ? troubled(how, ({ QueueUrl }) => QueueUrl === queue)(client, world)
      : client
const readsLedger = (how: 'fails' | 'hangs') => troubled(how, ({ RequestItems }) => isRead(RequestItems))
const isRead = (items: unknown) => JSON.stringify(items)?.includes('"Keys"') ?? false

/** Stytch refuses these people for good. */
const refusing = (isRefused: (email: string) => boolean): Seams => ({
  resetEffects: (effects) => ({
    ...effects,
    requireReset: (member, credentials) =>
      isRefused(member.email_address)
        ? Promise.resolve(answers.error(400, 'invalid_email'))
        : effects.requireReset(member, credentials),
  }),
})
const TENTH = refusing((email) => /^p\d0\./.test(email))
function lookAtDeadLetters({ timeline, queues }: World): void {
  for (const hours of [1, 2, 3]) timeline.after(hours * HOUR, () => queues['dead-letter'].receive(10))
}
const pause = (name: 'breach' | 'reset') => (world: World) => world.queues[name].pause()

const SITUATIONS: Record<string, Situation> = {
  'all is well in a busy hour': {
    people: Array.from(
      { length: MEMBERS },
      (_, n) => (['member', 'member', 'stranger', 'no password'] as const)[n % 4] ?? 'member',
    ),
    faults: [
      { step: 'call', kind: 'throttled', nth: 20 },
      { step: 'call', kind: 'refused', nth: 40 },
    ],
    on: [],
  },
  'Stytch refuses one member in ten': {
    seams: TENTH,
    on: ['DeadLetterQueueNotEmpty', 'SuccessRatioLow'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'dead letters are looked at three times, and left alone for three days': {
    seams: TENTH,
    begin: lookAtDeadLetters,
    lasts: 3 * DAY + 2 * HOUR,
    // The success ratio is low for a quarter of an hour only, and not when this test looks.
    on: ['DeadLetterNearExpiry', 'DeadLetterQueueNotEmpty'],
    stay: ['DeadLetterNearExpiry', 'DeadLetterQueueNotEmpty'],
  },
  'fan-out is paused for an hour': {
    begin: pause('breach'),
    on: ['BreachQueueStuck'],
    stay: ['BreachQueueStuck'],
  },
  'fan-out is paused for eleven days': {
    begin: pause('breach'),
    lasts: 11 * DAY,
    on: ['BreachQueueNearExpiry', 'BreachQueueStuck', 'NoCanary'],
    stay: ['BreachQueueNearExpiry', 'BreachQueueStuck', 'NoCanary'],
  },
  'require-reset is paused for an hour': {
    begin: pause('reset'),
    on: ['ResetQueueStuck'],
    stay: ['ResetQueueStuck'],
  },
  'require-reset is paused for eleven days': {
    begin: pause('reset'),
    lasts: 11 * DAY,
    on: ['NoCanary', 'ResetQueueNearExpiry', 'ResetQueueStuck'],
    stay: ['NoCanary', 'ResetQueueNearExpiry', 'ResetQueueStuck'],
  },
  'the key is replaced at Stytch and not in the secret': {
    begin: ({ stytch }) => stytch.rotateSecret('another'),
    on: ['ConfigurationFault', 'MembersWaiting'],
    stay: ['ConfigurationFault', 'MembersWaiting'],
  },
  'one answer of 200 proves nothing': {
    faults: [{ step: 'call', kind: 'unusable', nth: 20 }],
    on: ['DeadLetterQueueNotEmpty', 'UnusableAnswers'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'Stytch throttles for two hours': {
    outage: { as: 'throttled', lasts: 2 * HOUR },
    lasts: 3 * HOUR,
    on: ['MembersWaiting', 'StytchThrottling', 'StytchUnavailable'],
  },
  'Stytch answers 500 for two hours': {
    outage: { as: 'server error', lasts: 2 * HOUR },
    lasts: 3 * HOUR,
    on: ['MembersWaiting', 'StytchUnavailable'],
  },
  'Stytch does not answer for two hours': {
    outage: { as: 'hangs', lasts: 2 * HOUR },
    lasts: 3 * HOUR,
    on: ['MembersWaiting', 'StytchUnavailable'],
  },
  'the ledger can not be read': {
    seams: { dynamoDB: readsLedger('fails') },
    on: ['DependencyUnavailable', 'MembersWaiting'],
    stay: ['DependencyUnavailable', 'MembersWaiting'],
  },
  'events can not be forwarded': {
    seams: { sqs: sendsTo('fails', 'fan-out', 'reset') },
    on: ['DeadLetterQueueNotEmpty', 'FanOutRecordsFailing'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'dead letters can not be sent': {
    seams: { ...TENTH, sqs: sendsTo('fails', 'require-reset', 'dead-letter') },
    on: ['DeadLetterQueueNotEmpty', 'RequireResetRecordsFailing'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'fan-out hangs': {
    seams: { sqs: sendsTo('hangs', 'fan-out', 'reset') },
    on: ['DeadLetterQueueNotEmpty', 'FanOutErrors', 'FanOutTimeouts'],
    // The next canary hangs, too.
    stay: ['DeadLetterQueueNotEmpty', 'FanOutErrors', 'FanOutTimeouts'],
  },
  'require-reset hangs': {
    seams: { dynamoDB: readsLedger('hangs') },
    on: ['DeadLetterQueueNotEmpty', 'RequireResetErrors', 'RequireResetTimeouts'],
    stay: ['DeadLetterQueueNotEmpty', 'RequireResetErrors', 'RequireResetTimeouts'],
  },
}

/**
 * Alarms about members who wait. Each member is tried once in 15 minutes at least, so these stay on until the trouble is over.
 */
const STEADY = ['ConfigurationFault', 'DependencyUnavailable', 'MembersWaiting', 'StytchUnavailable']

/**
 * Which alarms are on at any time and at the end, and which steady ones went on again. Looks every minute, or every hour in a
 * situation that lasts for days.
 */
async function play({ outage, faults = [], people, seams = {}, begin, lasts = HOUR }: Situation) {
  const lastsMs = BEGIN + lasts
  const stepMs = lasts > DAY ? HOUR : MINUTE
  const { store, startedAt } = await watchSimulation({
    stageName: STAGE_NAME,
    deployment: { stage, settings: deriveSettings(stage), recycled: 0 },
    scenario: {
      people: people ?? Array<PersonKind>(MEMBERS).fill('member'),
      outages: outage ? [{ ...outage, from: BEGIN }] : [],
      faults,
    },
    seams,
    begin: (world) => sendEvents(world, lastsMs, begin),
    lastsMs,
    sampleMs: Math.min(stepMs, 5 * MINUTE),
  })
  const alarming = (after: number) =>
    [...alarms].filter(([, alarm]) => isAlarming(alarm, store, startedAt + after + 1)).map(([id]) => id)
  const moments = Array.from({ length: Math.floor(lastsMs / stepMs) }, (_, index) => (index + 1) * stepMs)
  const seen = moments.map(alarming)
  const goesOn = (id: string) => (ids: string[], index: number) =>
    ids.includes(id) && !seen[index - 1]?.includes(id)
  return {
    on: [...new Set(seen.flat())].sort(),
    stay: seen.at(-1)?.sort(),
    again: STEADY.filter((id) => seen.filter(goesOn(id)).length > 1),
  }
}

/** A canary every hour, and one event with everyone when the trouble begins. */
function sendEvents(world: World, lastsMs: number, begin: Situation['begin']): void {
  const { timeline, startedAt, queues, people, scenario } = world
  const send = (event: object) => queues.breach.send({ by: 'a producer', body: JSON.stringify(event) })
  for (let after = 0; after < lastsMs; after += HOUR)
    timeline.at(startedAt + after, () =>
      send(canaryEvent(`${after}`, new Date(timeline.now()).toISOString())),
    )
  const members = scenario.people.map((_, person) => ({ email_address: people.emailOf(person) }))
  timeline.at(startedAt + BEGIN, () => {
    begin?.(world)
    send(breachEvent({ data: { members } }))
  })
}

describe('the alarms', () => {
  it.each(Object.entries(SITUATIONS))('go on, and stay on, when %s', async (_, situation) => {
    const { on, stay = [] } = situation
    expect(await play(situation)).toEqual({ on, stay, again: [] })
  })

  it('each have a situation in which they go on', () => {
    const shown = new Set(Object.values(SITUATIONS).flatMap(({ on }) => on))
    expect([...shown].sort()).toEqual([...alarms.keys()].sort())
  })
})
