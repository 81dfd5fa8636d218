import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AwsCall } from '../../../infra/local/aws-endpoint.ts'
import { type Alarm, isAlarming } from '../../cloudwatch/is-alarming.ts'
import { readAlarms } from '../../cloudwatch/read-alarms.ts'
import { readEmf } from '../../cloudwatch/read-emf.ts'
import { type WatchedSystem, watchSystem } from '../../cloudwatch/watch-system.ts'
import { stages } from '../../fixtures/stages.ts'
import { isDrained } from '../local/system/crowd.ts'
import { waitUntil } from '../local/system/wait-until.ts'
import { allIsWell, SITUATIONS, type Situation } from './alarm-situations.ts'

const HOUR = 3_600_000
const stage = {
  ...stages.local,
  stytchRequestsPerSecond: 2000,
  functionTimeoutSeconds: 4,
  canaryEveryMinutes: 60,
}
let watched: WatchedSystem
let intercept: NonNullable<Situation['intercept']> = async () => 'pass'
let alarms: Map<string, Alarm>

beforeAll(async () => {
  watched = await watchSystem({
    ...{ stageName: 'local', stage },
    intercept: async (call: AwsCall) => (watched ? intercept(call, watched.system) : 'pass'),
  })
  alarms = readAlarms(watched.system.template)
})
afterAll(() => watched?.system.stop())

const alarming = (at: number) =>
  [...alarms].filter(([, alarm]) => isAlarming(alarm, watched.store(), at)).map(([id]) => id)

/** Everything that is left is handled, and all metrics so far are forgotten. */
async function calmDown(): Promise<void> {
  const { inspector, queues, stytch } = watched.system
  intercept = async () => 'pass'
  stytch.clearFaults()
  await waitUntil('everything that is left to be handled', () => {
    for (const { url } of [queues.breach, queues.reset]) inspector.letTimePass(url)
    return isDrained(watched.system)
  })
  watched.forget()
}

describe('the alarms on a local run', () => {
  it('are all off when all is well, the canary included', async () => {
    await allIsWell(watched.system)
    watched.sampleQueues(Date.now())
    expect(alarming(Date.now() + 1)).toEqual([])
  })

  it.each(Object.entries(SITUATIONS))('go off when %s', async (name, situation) => {
    const { alarms: expected, later = 0 } = situation
    await calmDown()
    expect(alarming(Date.now()).filter((id) => id !== 'NoCanary')).toEqual([])
    intercept = situation.intercept ?? intercept
    await situation.happen(watched.system, name.replaceAll(/\W/g, '-'))
    await waitUntil(`${expected} to go off`, () => {
      const at = Date.now() + later
      for (let ago = 0; ago <= later; ago += HOUR) watched.sampleQueues(at - ago)
      return expected.every((id) => alarming(at + 1).includes(id))
    })
  })

  it('read counts and milliseconds, and each of their own metrics is one that the functions emit', () => {
    const emitted = new Map(
      watched
        .lines()
        .flatMap(readEmf)
        .map((datum) => [datum.name, datum]),
    )
    const own = [...alarms.values()]
      .flatMap(({ queries }) => queries.flatMap((query) => ('metric' in query ? [query.metric] : [])))
      .filter(({ namespace }) => namespace === 'BreachReset')
    for (const { name } of own) {
      expect(emitted.get(name)?.unit, name).toBe(name.endsWith('Ms') ? 'Milliseconds' : 'Count')
    }
    expect(own.length).toBeGreaterThan(8)
  })

  it('each have a situation that brings them about', () => {
    const brought = Object.values(SITUATIONS).flatMap((situation) => situation.alarms)
    expect(brought.toSorted()).toEqual([...alarms.keys()].toSorted())
  })
})
