import { describe, expect, it } from 'vitest'
import type { BreachEvent } from '../../../../lib/contract/breach-event.ts'
import { adapters } from '../../../../lib/producer/adapters/adapters.ts'
import { bigBreach } from '../../../simulation/outage/outage.ts'
import { DAY, DEPLOYMENTS } from '../../../simulation/scenario/scenario.ts'
import { startFunctions } from '../../../simulation/world/lambda.ts'
import { createWorld } from '../../../simulation/world/world.ts'

const vendors = Object.keys(adapters) as (keyof typeof adapters)[]

/** As the people of the simulated world are called. */
const first = ['p0.canary', 'p1.canary']
const second = [...first, 'p2.canary']

/** What a vendor gives for people by alias at leak.example, exposed before 2026-11-20T12:00:00Z: the same for the same people. */
const pollOf = {
  spycloud: (aliases) => ({
    results: aliases.map((alias) => ({
      document_id: `document-${alias}`,
      spycloud_publish_date: '2026-11-20T00:00:00Z',
      email: `${alias}@leak.example`,
      password: 'canary-stolen-password',
      infected_time: '2026-11-20T09:30:00Z',
    })),
  }),
  enzoic: (aliases) =>
    aliases.map((alias) => ({
      username: `${alias}@leak.example`,
      date: '2026-11-20T10:00:00Z',
      exposureID: '6740aa',
      exposureDetails: { exposedData: ['Passwords'], dateAdded: '2026-11-19T08:00:00Z' },
    })),
  hibp: (aliases) => ({
    domain: 'leak.example',
    breached_domain: Object.fromEntries(aliases.map((alias) => [alias, ['Forum']])),
    breaches: [
      { Name: 'Forum', AddedDate: '2026-11-20T08:00:00Z', DataClasses: ['Passwords'], IsVerified: true },
    ],
  }),
  'push-security': (aliases) =>
    aliases.map((alias) => ({
      id: `webhook-${alias}`,
      object: 'STOLEN_CREDENTIALS_DETECTED',
      timestamp: Date.parse('2026-11-20T11:00:00Z') / 1000,
      new: { employee: { email: `${alias}@leak.example` } },
    })),
} satisfies Record<keyof typeof adapters, (aliases: readonly string[]) => unknown>

describe.each(vendors)('two polls of %s, two days apart', (vendor) => {
  const poll = (aliases: readonly string[]) => adapters[vendor](pollOf[vendor](aliases)).events

  it('give the same events for the same records, but for new members', () => {
    const withoutMembers = (events: ReturnType<typeof poll>) =>
      events.map(({ data: { members: _, ...data }, ...event }) => ({ event, data }))
    const membersOf = (events: ReturnType<typeof poll>) => events.flatMap(({ data }) => data.members)
    expect(withoutMembers(poll(second))).toEqual(expect.arrayContaining(withoutMembers(poll(first))))
    expect(membersOf(poll(second)).slice(0, 2)).toEqual(membersOf(poll(first)))
  })

  it('reset everyone once, and nobody with a new password again', async () => {
    expect(await playPolls(3, [poll(first), poll(second)])).toEqual({
      called: [['p0', 'p1'], ['p2']],
      left: 0,
    })
  })
})

const BETWEEN_POLLS = 2 * DAY

/**
 * Puts the events of each poll on the breach queue, the first on 2026-11-20T12:00:00Z and two days between them, and lets both
 * functions handle them in virtual time. Everybody chooses a new password a day after each poll.
 * Resolves to whom Stytch was called for after each poll, and to how many messages are left on the queues in the end.
 */
async function playPolls(people: number, polls: readonly (readonly BreachEvent[])[]) {
  const { world, journal } = createWorld({ ...bigBreach(people, []), produced: [] }, DEPLOYMENTS.narrow)
  const { timeline, queues, stytch, startedAt } = world
  startFunctions(world, {})
  for (const [number, events] of polls.entries()) {
    const polledAt = startedAt + number * BETWEEN_POLLS
    timeline.at(polledAt, () => {
      for (const event of events) queues.breach.send({ body: JSON.stringify(event), by: 'a producer' })
    })
    timeline.at(polledAt + DAY, () => {
      for (let person = 0; person < people; person++) stytch.choosePassword(person)
    })
  }
  await timeline.run(startedAt + polls.length * BETWEEN_POLLS, () => false)
  const called = polls.map((_, number) =>
    journal
      .filter(({ at }) => Math.floor((at - startedAt) / BETWEEN_POLLS) === number)
      .flatMap((entry) => (entry.what === 'called' ? entry.person : []))
      .toSorted(),
  )
  return { called, left: Object.values(queues).flatMap((queue) => queue.all()).length }
}
