import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResetEventSchema, UncheckedBreachEventSchema } from '../../../lib/contract/breach-event.ts'
import { checkBreachEvent, checkMembers } from '../../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../../lib/contract/fence.ts'
import { countDroppedKeys } from '../../../lib/contract/unknown-keys.ts'
import { eventValue } from '../../fuzz/events.ts'
import { hostileValue, mutated } from '../../fuzz/hostile.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 600
const NOW = Date.parse('2026-11-20T12:00:00Z')
const LATEST = NOW + 5 * 60_000

const value = fc
  .oneof({ weight: 9, arbitrary: mutated(eventValue) }, { weight: 1, arbitrary: hostileValue })
  .map((value): unknown => JSON.parse(JSON.stringify(value) ?? 'null'))

describe('a checked event', () => {
  it('is accepted or refused by its fields alone, and a refusal names no value', () => {
    fc.assert(
      fc.property(value, (value) => {
        const checked = checkBreachEvent(value, NOW)
        if (checked.kind === 'rejected') return void expect(findLeaks(checked.rejection, MARKS)).toEqual([])
        const { time, data } = checked.event
        expect(UncheckedBreachEventSchema.parse(checked.event)).toEqual(checked.event)
        expect(Date.parse(time)).toBeLessThanOrEqual(LATEST)
        expect(Date.parse(data.exposed_at ?? time)).toBeLessThanOrEqual(LATEST)
      }),
      { numRuns: RUNS },
    )
  })

  it('has a fence between 1970 and its sending, with which it is accepted again and gets the same fence', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: -900_000, max: 0 }), (value, ago) => {
        const checked = checkBreachEvent(value, NOW)
        if (checked.kind === 'rejected') return
        const fence = computeFence(checked.event, NOW + ago)
        expect(Date.parse(fence)).toBeGreaterThanOrEqual(0)
        expect(Date.parse(fence)).toBeLessThanOrEqual(NOW + ago)
        expect(ResetEventSchema.shape.fence.parse(fence)).toBe(fence)
        const again = checkBreachEvent({ ...checked.event, fence }, NOW)
        expect(again).toMatchObject({ kind: 'event' })
        expect(computeFence({ ...checked.event, fence }, NOW)).toBe(fence)
      }),
      { numRuns: RUNS },
    )
  })

  it('has each row checked once, in order, and bad ones kept as they came without a value named', () => {
    fc.assert(
      fc.property(value, (value) => {
        const checked = checkBreachEvent(value, NOW)
        if (checked.kind === 'rejected') return
        const rows = checked.event.data.members
        const { members, invalid } = checkMembers(rows)
        const indexes = [...members, ...invalid].map(({ index }) => index)
        expect(indexes.toSorted((a, b) => a - b)).toEqual([...rows.keys()])
        for (const { index, row } of invalid) expect(row).toBe(rows[index])
        expect(
          findLeaks(
            invalid.map(({ detail }) => detail),
            MARKS,
          ),
        ).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('has its unknown keys named only by identifiers, at most twenty of them and the rest together', () => {
    fc.assert(
      fc.property(value, (value) => {
        const counts = countDroppedKeys(value)
        expect(Object.keys(counts).length).toBeLessThanOrEqual(21)
        for (const name of Object.keys(counts)) expect(name).toMatch(/^[a-z]\w{0,31}$/i)
        expect(Object.values(counts).every((count) => count > 0)).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })
})
