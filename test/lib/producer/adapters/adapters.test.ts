import { describe, expect, it } from 'vitest'
import { BreachEventSchema } from '../../../../lib/contract/breach-event.ts'
import { adapters } from '../../../../lib/producer/adapters/adapters.ts'
import { countRecords } from './count-records.ts'
import { exampleOf } from './example-of.ts'

const vendors = Object.keys(adapters) as (keyof typeof adapters)[]

describe.each(vendors)('the adapter of %s', (vendor) => {
  const example = exampleOf(vendor)
  const { events, dropped, invalid } = adapters[vendor](example)

  it('has in its example records of every end: in an event, dropped, invalid; each in one of them', () => {
    for (const ends of [events, dropped, invalid]) expect(ends.length).toBeGreaterThan(0)
    const members = events.flatMap(({ data }) => data.members)
    expect(members.length + dropped.length + invalid.length).toBe(countRecords[vendor](example))
  })

  it('makes events that are exactly what the contract keeps of them, with exposed_at', () => {
    for (const event of events) {
      expect(BreachEventSchema.parse(event)).toStrictEqual(event)
      expect(event.data.exposed_at).toBeDefined()
      expect(event.source).toBe(`urn:breach-reset:from:${vendor}`)
    }
  })

  it('lets no planted secret out', () => {
    expect(JSON.stringify(example).match(/CANARY/g)?.length).toBeGreaterThan(1)
    expect(JSON.stringify([events, dropped, invalid])).not.toContain('CANARY')
  })

  it.each([null, 42, 'text', {}, { results: 1 }, { breached_domain: [] }])(
    'says of %j as a whole that it is no document of the vendor',
    (document) => {
      expect(adapters[vendor](document)).toEqual({
        events: [],
        dropped: [],
        invalid: [{ where: '', rule: expect.stringMatching(/^\w+: /) }],
      })
    },
  )
})
