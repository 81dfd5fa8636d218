import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../../infra/derive-settings.ts'
import type { Stage } from '../../../infra/stage.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { isAlarming } from '../../cloudwatch/metrics.ts'
import { readAlarms } from '../../cloudwatch/read-alarms.ts'
import { watchSimulation } from '../../cloudwatch/watch-simulation.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { everySetting, stages } from '../../fixtures/stages.ts'
import { DAY, HOUR, MINUTE, type PersonKind } from '../../simulation/scenario/scenario.ts'
import type { World } from '../../simulation/world/world.ts'
import { synthesize } from '../template-of.ts'
import { BEGIN, MEMBERS, SITUATIONS, type Situation, USUAL } from './situations.ts'

const STAGE_NAME = 'prod'
const { producers = {} } = everySetting
const alarmThresholds = { ...stages.prod.alarmThresholds, membersPer5Minutes: USUAL }
const stage: Stage = { ...stages.prod, mode: 'enforce', producers, alarmThresholds }
const alarms = readAlarms(synthesize(STAGE_NAME, stage).toJSON() as Parameters<typeof readAlarms>[0])

/**
 * Alarms about members who wait. Each member is tried once in 15 minutes at least, so these stay on until the trouble is over.
 */
const STEADY = [
  ...['ConfigurationFault', 'DependencyUnavailable', 'MembersWaiting', 'StytchUnavailable'],
  ...['EndSessionsConfigurationFault', 'EndSessionsDependencyUnavailable', 'EndSessionsStytchUnavailable'],
  ...['SessionsLate', 'SessionsWaiting'],
]

/**
 * Which alarms are on at any time and at the end, and which went on again, of the steady ones and of the one that shall. Looks every minute, or every hour in a
 * situation that lasts for days.
 */
async function play({ outage, faults = [], people, seams = {}, begin, aws = [], lasts = HOUR }: Situation) {
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
  for (const metric of aws) store.put({ ...metric, unit: 'Count', at: startedAt + BEGIN, values: [1] })
  const alarming = (after: number) =>
    [...alarms].filter(([, alarm]) => isAlarming(alarm, store, startedAt + after + 1)).map(([id]) => id)
  const moments = Array.from({ length: Math.floor(lastsMs / stepMs) }, (_, index) => (index + 1) * stepMs)
  const seen = moments.map(alarming)
  const goesOn = (id: string) => (ids: string[], index: number) =>
    ids.includes(id) && !seen[index - 1]?.includes(id)
  return {
    on: [...new Set(seen.flat())].sort(),
    stay: seen.at(-1)?.sort(),
    again: [...STEADY, 'EventsRefused'].filter((id) => seen.filter(goesOn(id)).length > 1),
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
    const { on, stay = [], again = [] } = situation
    expect(await play(situation)).toEqual({ on, stay, again })
  })

  it('each have a situation in which they go on, and off again', () => {
    const shown = Object.values(SITUATIONS).flatMap(({ on, stay = [] }) =>
      on.filter((id) => !stay.includes(id)),
    )
    expect([...new Set(shown)].sort()).toEqual([...alarms.keys()].sort())
  })
})
