import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BreachEventSchema, opaqueId } from '../../../../lib/contract/breach-event.ts'
import type { Adapted } from '../../../../lib/producer/adapters/adapter.ts'
import { adapters } from '../../../../lib/producer/adapters/adapters.ts'
import { findLeaks } from '../../../fuzz/find-leaks.ts'
import { hostileValue } from '../../../fuzz/hostile-value.ts'
import { mutated } from '../../../fuzz/mutated.ts'
import { PLANTED } from '../../../fuzz/planted.ts'
import { countRecords } from './count-records.ts'
import { exampleOf } from './example-of.ts'

const RUNS = 600
const MAX_MEMBERS = 10_000
const vendors = Object.keys(adapters) as (keyof typeof adapters)[]

/** Examples whose secrets no id can hold, most of them mutated; and what is no document at all. */
const documentOf = (vendor: string) => {
  const example = JSON.stringify(exampleOf(vendor)).replaceAll('CANARY', PLANTED.password)
  return fc
    .oneof(
      { weight: 9, arbitrary: mutated(fc.constant(JSON.parse(example))) },
      { weight: 1, arbitrary: hostileValue },
    )
    .map((value): unknown => JSON.parse(JSON.stringify(value) ?? 'null'))
}

describe.each(vendors)('the adapter of %s, whatever the document is', (vendor) => {
  const hold = (property: (document: unknown, adapted: Adapted) => void) =>
    fc.assert(
      fc.property(documentOf(vendor), (document) => property(document, adapters[vendor](document))),
      { numRuns: RUNS },
    )

  it('makes events by the contract, cut to 10,000 members, whose ids leave room for the number of a part', () => {
    hold((_, { events }) => {
      for (const { data, ...event } of events) {
        const cut = { ...event, data: { ...data, members: data.members.slice(0, MAX_MEMBERS) } }
        expect(BreachEventSchema.parse(cut)).toStrictEqual(cut)
        expect(opaqueId(128).safeParse(`${event.id}-of-12345678`).success).toBe(true)
      }
    })
  })

  it('has each record in one event, dropped, or invalid, unless the document as a whole is invalid', () => {
    hold((document, { events, dropped, invalid }) => {
      const members = events.flatMap(({ data }) => data.members)
      const ends = members.length + dropped.length + invalid.length
      if (invalid.some(({ where }) => where === '')) expect(ends).toBe(1)
      else expect(ends).toBe(countRecords[vendor](document))
    })
  })

  it('tells an address only as a member, and no other planted value but in the title of a breach', () => {
    hold((_, { events, dropped, invalid }) => {
      const told = events.map(({ data: { members, breach, ...data }, ...event }) => [
        ...[event, data, breach?.catalog, breach?.id],
        ...members.map(({ email_address: _, ...ids }) => ids),
      ])
      expect(findLeaks([told, dropped, invalid])).toEqual([])
    })
  })
})
