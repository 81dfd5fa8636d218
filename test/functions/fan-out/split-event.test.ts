import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitEvent } from '../../../functions/fan-out/split-event.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

function sizesOf(people: number, limits: { membersPerMessage: number; messagesAtOnce: number }): number[] {
  const members = Array.from({ length: people }, (_, index) => ({
    member: { email_address: `m${index}@x.example` },
    index,
  }))
  const event = { ...breachEvent(), fence: '2026-11-20T11:59:00.000Z' }
  const { chunks } = splitEvent(event as never, members, [...members.keys()], limits)
  expect(chunks.flatMap(({ data }) => data.members)).toEqual(
    members.map(({ index, member }) => ({ ...member, row_index: index })),
  )
  return chunks.map(({ data }) => data.members.length)
}

it.each([
  ['fills every environment with an event of a few members', 8, 20, [1, 1, 1, 1, 1, 1, 1, 1]],
  ['gives each environment as much as the others', 50, 4, [12, 13, 12, 13]],
  ['takes another round when a message would be too large', 61, 4, [7, 8, 7, 8, 8, 7, 8, 8]],
])('%s', (_, people, messagesAtOnce, sizes) => {
  expect(sizesOf(people, { membersPerMessage: 15, messagesAtOnce })).toEqual(sizes)
})

it('keeps everybody in order, in messages of nearly one size, none too large or empty, in whole rounds', () => {
  const upTo = (max: number) => fc.integer({ min: 1, max })
  fc.assert(
    fc.property(upTo(2000), upTo(60), upTo(100), (people, membersPerMessage, messagesAtOnce) => {
      const sizes = sizesOf(people, { membersPerMessage, messagesAtOnce })
      expect(Math.max(...sizes)).toBeLessThanOrEqual(membersPerMessage)
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(Math.max(1, Math.max(...sizes) - 1))
      expect(sizes.length === people || sizes.length % messagesAtOnce === 0).toBe(true)
    }),
  )
})
