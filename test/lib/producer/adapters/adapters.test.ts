import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BreachEventSchema, opaqueId } from '../../../../lib/contract/breach-event.ts'
import type { Adapted } from '../../../../lib/producer/adapters/adapter.ts'
import { adapters } from '../../../../lib/producer/adapters/adapters.ts'
import { hostileValue, mutated } from '../../../fuzz/hostile.ts'
import { findLeaks } from '../../../leaks/find-leaks.ts'
import { MARKS, PASSWORD } from '../../../leaks/planted.ts'

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
    'says of %j as a whole that it is not a document of the vendor',
    (document) => {
      expect(adapters[vendor](document)).toEqual({
        events: [],
        dropped: [],
        invalid: [{ where: '', rule: expect.stringMatching(/^\w+: /) }],
      })
    },
  )
})

const RUNS = 600
const MAX_MEMBERS = 10_000

/** Examples whose secrets no id can hold, most of them mutated; and some that are not documents at all. */
const documentOf = (vendor: string) => {
  const example = JSON.stringify(exampleOf(vendor)).replaceAll('CANARY', PASSWORD)
  return fc
    .oneof(
      { weight: 9, arbitrary: mutated(fc.constant(JSON.parse(example))) },
      { weight: 1, arbitrary: hostileValue },
    )
    .map((value): unknown => JSON.parse(JSON.stringify(value) ?? 'null'))
}

describe.each(vendors)('the adapter of %s, whatever the document is', (vendor) => {
  it('makes events that keep the contract, accounts for each record once, and shows no planted value', () => {
    fc.assert(
      fc.property(documentOf(vendor), (document) => {
        const adapted = adapters[vendor](document)
        for (const event of adapted.events) keepsContract(event)
        accountsForRecords(vendor, document, adapted)
        showsNothing(adapted)
      }),
      { numRuns: RUNS },
    )
  })
})

/** Cut to 10,000 members, and with room in its id for the number of a part. */
function keepsContract({ data, ...event }: Adapted['events'][number]): void {
  const cut = { ...event, data: { ...data, members: data.members.slice(0, MAX_MEMBERS) } }
  expect(BreachEventSchema.parse(cut)).toStrictEqual(cut)
  expect(opaqueId(128).safeParse(`${event.id}-of-12345678`).success).toBe(true)
}

/** Each is in one event, dropped, or invalid, unless the document as a whole is invalid. */
function accountsForRecords(vendor: keyof typeof adapters, document: unknown, adapted: Adapted): void {
  const { events, dropped, invalid } = adapted
  const members = events.flatMap(({ data }) => data.members)
  const ends = members.length + dropped.length + invalid.length
  if (invalid.some(({ where }) => where === '')) expect(ends).toBe(1)
  else expect(ends).toBe(countRecords[vendor](document))
}

/** An address only as a member, and any other planted value only in the title of a breach. */
function showsNothing({ events, dropped, invalid }: Adapted): void {
  const shown = events.map(({ data: { members, breach, ...data }, ...event }) => [
    ...[event, data, breach?.catalog, breach?.id],
    ...members.map(({ email_address: _, ...ids }) => ids),
  ])
  expect(findLeaks([shown, dropped, invalid], MARKS)).toEqual([])
}

/** The vendor's document in docs/examples/vendors, with a planted secret in each field that can hold one. */
function exampleOf(vendor: string): unknown {
  const url = new URL(`../../../../docs/examples/vendors/${vendor}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}

const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 1)
const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined

/** How many records are in a document of a vendor, of the right shape or not. */
const countRecords = {
  spycloud: (document) => {
    const results = fieldOf(document, 'results')
    return lengthOf(Array.isArray(results) ? results : document)
  },
  enzoic: lengthOf,
  hibp: (document) =>
    Object.values(fieldOf(document, 'breached_domain') ?? {})
      .map(lengthOf)
      .reduce((sum, count) => sum + count, 0),
  'push-security': lengthOf,
} satisfies Record<keyof typeof adapters, (document: unknown) => number>
