import { describe, expect, it } from 'vitest'
import { adapters } from '../../../../lib/producer/adapters/adapters.ts'
import { playPolls } from './play-polls.ts'
import { pollOf } from './poll-of.ts'

const vendors = Object.keys(adapters) as (keyof typeof adapters)[]

/** As the people of the simulated world are called. */
const first = ['p0.canary', 'p1.canary']
const second = [...first, 'p2.canary']

describe.each(vendors)('two polls of %s, two days apart', (vendor) => {
  const poll = (aliases: readonly string[]) => adapters[vendor](pollOf[vendor](aliases)).events

  it('give the same events for the same records, but for new members', () => {
    const withoutMembers = (events: ReturnType<typeof poll>) =>
      events.map(({ data: { members: _, ...data }, ...event }) => ({ event, data }))
    const membersOf = (events: ReturnType<typeof poll>) => events.flatMap(({ data }) => data.members)
    expect(withoutMembers(poll(second))).toEqual(expect.arrayContaining(withoutMembers(poll(first))))
    expect(membersOf(poll(second)).slice(0, 2)).toEqual(membersOf(poll(first)))
  })

  it('reset everybody once and nobody with a new password again', async () => {
    expect(await playPolls(3, [poll(first), poll(second)])).toEqual({
      called: [['p0', 'p1'], ['p2']],
      left: 0,
    })
  })
})
