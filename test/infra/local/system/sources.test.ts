import { afterAll, beforeAll, expect, it } from 'vitest'
import { toDeliveries } from '../../../../cli/progress/deliveries.ts'
import { findEvent, openProgress } from '../../../../cli/progress/progress-source.ts'
import { redrive } from '../../../../cli/redrive.ts'
import { readDeadLetters } from '../../../../cli/start/dead-letters.ts'
import { commandVariables } from '../../../../infra/local/access.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { runCommand } from '../../../cli/run-command.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, countResets, deadLettered, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

let system: LocalSystem

beforeAll(async () => {
  const sources = {
    'urn:trusted': {},
    'urn:trial': { highestMode: 'dry_run' },
    'urn:mass': { maxMembersPerEvent: 10 },
    'urn:hourly': { maxMembersPerEvent: 10, maxMembersPerHour: 20 },
  } as const
  const stage = { ...stages.local, stytchRequestsPerSecond: 1000, sources }
  system = await startLocalSystem({ stageName: 'local', stage })
})
afterAll(() => system?.stop())

const drain = () => waitUntil('the queues to be drained', () => isDrained(system))
const codesOf = (name: string) =>
  readDeadLetters(system).flatMap(({ code, rows }) => (JSON.stringify(rows).includes(name) ? [code] : []))
const resetsOf = (emails: readonly string[]) =>
  [...countResets(system, emails).values()].reduce((sum, count) => sum + count, 0)

it('a source that the stage names is served, and another source resets nobody', async () => {
  const good = addCrowd(system, 'trusted', { size: 5 })
  const bad = addCrowd(system, 'stranger', { size: 5 })
  await send(system, { ...good.event, source: 'urn:trusted' })
  await send(system, { ...bad.event, source: 'urn:stranger' })
  await drain()
  expect(resetsOf(good.emails)).toBe(5)
  expect(resetsOf(bad.emails)).toBe(0)
  expect(codesOf('stranger')).toEqual(['source_not_allowed'])
})

it('a source on trial resets nobody, and its event is dead-lettered when it asks to', async () => {
  const { emails, event } = addCrowd(system, 'trial', { size: 3 })
  await send(system, { ...event, source: 'urn:trial' })
  await send(system, { ...event, source: 'urn:trial', data: { ...event.data, mode: 'enforce' } })
  await drain()
  expect(resetsOf(emails)).toBe(0)
  expect(codesOf('trial')).toEqual(['mode_not_allowed'])
})

it('a flood of events with one member each, handled by all environments at once, resets exactly as many as the hour allows', async () => {
  const { emails, event } = addCrowd(system, 'hourly', { size: 100 })
  await Promise.all(
    emails.map((email_address, index) =>
      send(system, {
        ...{ ...event, source: 'urn:hourly', id: `hourly-${index}` },
        data: { ...event.data, members: [{ email_address }] },
      }),
    ),
  )
  await drain()
  const counts = countResets(system, emails)
  const letters = deadLettered(system)
  expect(resetsOf(emails)).toBe(20)
  expect(codesOf('hourly')).toEqual(Array(80).fill('over_hourly_limit'))
  expect(emails.filter((email) => letters.has(email) === (counts.get(email) === 1))).toEqual([])
})

it('an event over the limit is approved by one command: everyone is reset once, and its refused delivery is finished', async () => {
  const { emails, event } = addCrowd(system, 'mass', { size: 35 })
  await send(system, { ...event, source: 'urn:mass' })
  await waitUntil('the event to be refused', () => codesOf('mass').length > 0)
  const environment = commandVariables(system)
  const args = ['--stage', 'local', '--event', 'mass', '--split', '--confirm', '35']
  expect(await runCommand(redrive, args, { environment })).toMatchObject({ code: 0, stderr: '' })
  await drain()
  expect([...countResets(system, emails).values()]).toEqual(Array(35).fill(1))
  expect(codesOf('mass')).toEqual([])

  const progress = await openProgress({ table: system.progress.table, typed: '' })
  const which = { id: 'mass', eventSource: 'urn:mass' }
  const [delivery, ...others] = toDeliveries(await findEvent(progress, which, Date.now()))
  expect(delivery?.state).toBe('finished')
  expect([delivery?.redrives.length, delivery?.rows.length, others]).toEqual([4, 35, []])
})
