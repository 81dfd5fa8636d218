import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BreachEventSchema, type Member } from '../../../lib/contract/breach-event.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import { prepareEvent } from '../../../lib/producer/prepare-event.ts'
import { toEventMessage } from '../../../lib/producer/send-events.ts'
import { MAX_MESSAGE_BYTES, messageSize } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const prepare = (members: unknown[], maxMembersPerEvent: number, overrides = {}) =>
  prepareEvent(breachEvent({ ...overrides, data: { members } }), { maxMembersPerEvent, now: NOW })

const row = fc.record(
  {
    email_address: fc
      .nat(40)
      .map((number) => (number % 2 ? `m${number}@x.example` : `M${number + 1}@X.example`)),
    organization_id: fc.constantFrom('acme', 'globex'),
  },
  { requiredKeys: ['email_address'] },
)

describe('prepareEvent', () => {
  it('leaves an event that fits as it is', () => {
    const event = breachEvent({ id: 'x'.repeat(128) })
    expect(prepareEvent(event, { maxMembersPerEvent: 1, now: NOW })).toEqual({
      events: [event],
      problems: [],
    })
  })

  it('cuts a list into events of the contract, with each person in one, with all ids, or named as too much', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 30 }),
        (rows, most) => {
          const { events, problems } = prepare(rows, most)
          const key = (value: Member) =>
            JSON.stringify([normalizeEmail(value.email_address), value.organization_id])
          const wanted = new Set(rows.map(key))
          const people = Map.groupBy(wanted, (text) => JSON.parse(text)[0])
          const tooMany = [...people.values()].filter((ids) => rows.length > most && ids.length > most)
          const sent = events.flatMap(({ data }) => data.members)
          expect(new Set([...sent.map(key), ...tooMany.flat()])).toEqual(wanted)
          expect(problems.length).toBe(tooMany.length > 0 ? 1 : 0)

          const home = new Map<string, string>()
          for (const event of events) {
            expect(BreachEventSchema.parse(event)).toEqual(event)
            expect(event.data.members.length).toBeLessThanOrEqual(most)
            for (const { email_address } of event.data.members) {
              const person = normalizeEmail(email_address)
              expect(home.get(person) ?? event.id).toBe(event.id)
              home.set(person, event.id)
            }
          }
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
          expect(prepare(rows, most)).toEqual({ events, problems })
        },
      ),
    )
  })

  it('never makes an event of more rows than the contract has', () => {
    const ada = Array.from({ length: 30_000 }, () => ({ email_address: 'ada@x.example' }))
    const { events, problems } = prepare([...ada, { email_address: 'bob@x.example' }], 10_000)
    expect(problems).toEqual([])
    expect(events.flatMap(({ data }) => data.members.map((member) => member.email_address))).toEqual([
      'ada@x.example',
      'bob@x.example',
    ])
    const ids = Array.from({ length: 20 }, (_, index) => ({
      email_address: 'ada@x.example',
      member_id: `m${index}`,
    }))
    expect(prepare([...ids, { email_address: 'bob@x.example' }], 10)).toMatchObject({
      events: [{ id: '41234-2026-11-20', data: { members: [{ email_address: 'bob@x.example' }] } }],
      problems: [{ code: 'over_limit', field: 'data.members', rule: expect.stringContaining('1 left out') }],
    })
  })
})

describe('the parts of an event', () => {
  it('keeps time and all else, and names the parts after the event', () => {
    const { events } = prepare([{ email_address: 'a@x' }, { email_address: 'b@x' }], 1)
    const [first, second] = events
    expect(events.map(({ id }) => id)).toEqual(['41234-2026-11-20.1', '41234-2026-11-20.2'])
    expect({ ...second, id: first?.id, data: first?.data }).toEqual(first)
    expect(toEventMessage(events[0] ?? breachEvent()).groupId).toBe(
      toEventMessage(events[1] ?? breachEvent()).groupId,
    )
  })

  it('cuts by bytes where members are large', () => {
    const email = (index: number) => `${'é'.repeat(300)}${index}@x.example`
    const members = Array.from({ length: 4000 }, (_, index) => ({ email_address: email(index) }))
    const { events } = prepare(members, 10_000)
    expect(events.length).toBeGreaterThan(1)
    for (const event of events) expect(messageSize(toEventMessage(event))).toBeLessThan(MAX_MESSAGE_BYTES)
  })

  it('refuses an id that leaves no room for the number of a part', () => {
    const members = [{ email_address: 'a@x' }, { email_address: 'b@x' }]
    const { events, problems } = prepare(members, 1, { id: 'x'.repeat(121) })
    expect(events).toEqual([])
    expect(problems).toMatchObject([{ field: 'id', rule: expect.stringContaining('120 characters') }])
  })
})
