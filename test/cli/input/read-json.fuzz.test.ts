import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from '../../../cli/input/json.ts'
import { checkMembers } from '../../../lib/contract/check-breach-event.ts'
import { isExpired } from '../../../lib/contract/fence.ts'
import { readBreachEvent } from '../../../lib/contract/read-breach-event.ts'
import { toMessageBody } from '../../../lib/queue/send-messages.ts'
import { eventValue, wrapIn } from '../../fuzz/events.ts'
import { editedText, mutated } from '../../fuzz/hostile.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 600
const NOW = Date.parse('2026-11-20T12:00:00Z')
const options = { maxMembersPerEvent: 1000, now: NOW }

const envelope = fc.constantFrom(...Object.values(wrapIn))
const limit = fc.constantFrom(
  { mode: 'dry_run' },
  { expirytime: '2026-11-20T00:00:00Z' },
  { exposed_at: null },
  {},
)
const wrapped = fc
  .tuple(mutated(eventValue), fc.array(fc.tuple(envelope, limit), { maxLength: 2 }))
  .map(([event, steps]) =>
    steps.reduce<unknown>((inner, [wrap, beside]) => ({ ...wrap(inner), ...beside }), event),
  )
const file = fc
  .tuple(
    fc.array(wrapped, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('list', 'lines', 'pretty', 'first'),
  )
  .map(([values, form]) => {
    if (form === 'first') return JSON.stringify(values[0]) ?? 'null'
    if (form === 'list') return JSON.stringify(values, undefined, 1)
    return values.map((value) => JSON.stringify(value, undefined, form === 'pretty' ? 2 : 0)).join('\n')
  })

/** Whether fan-out resets everyone in the body, as far as it is the contract that decides. */
function isTaken(body: string): boolean {
  const read = readBreachEvent(body, NOW)
  if (read.kind === 'rejected' || isExpired(read.event, NOW)) return false
  return checkMembers(read.event.data.members).invalid.length === 0
}

const isOneMessage = (notes: readonly { text: string }[]) =>
  !notes.some(({ text }) => /is not a message body$|is sent as/.test(text))

describe('readJson, whatever the file is', () => {
  it('counts only what fan-out takes as it is sent, says when the file is not one message, and names no value', () => {
    fc.assert(
      fc.property(editedText(file), (text) => {
        const { events, faults, notes } = readJson(text, options)
        for (const event of events) expect(isTaken(toMessageBody(event))).toBe(true)
        if (events.length > 0 && faults.length === 0 && isOneMessage(notes)) expect(isTaken(text)).toBe(true)
        expect(findLeaks([faults, notes], MARKS)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})
