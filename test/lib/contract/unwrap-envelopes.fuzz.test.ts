import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unwrapEnvelopes } from '../../../lib/contract/unwrap-envelopes.ts'
import { recordBody, wrapIn } from '../../fuzz/events.ts'
import { depthOf, hostileValue } from '../../fuzz/hostile.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 600
const DEEPEST = 32

const { eventBridge, ...others } = wrapIn
/** From the inside out. EventBridge takes an event into its `detail`, and no other envelope. */
const envelopes = fc
  .tuple(
    fc.constantFrom([], [eventBridge]),
    fc.array(fc.constantFrom(...Object.values(others)), { maxLength: 4 }),
  )
  .map((both) => both.flat())
const event = hostileValue.map((data) => ({ specversion: '1.0', data }))

describe('unwrapEnvelopes', () => {
  it('finds whatever claims to be an event in up to three envelopes, unchanged, and opens no fourth', () => {
    fc.assert(
      fc.property(event, envelopes, (inner, wraps) => {
        const steps: unknown[] = [inner]
        for (const wrap of wraps) steps.push(wrap(steps.at(-1)))
        const found = unwrapEnvelopes(JSON.stringify(steps.at(-1)))
        if (depthOf(steps.at(-1)) > DEEPEST)
          expect(found).toMatchObject({ rejection: { code: 'nested_too_deep' } })
        else if (steps.some((step) => depthOf(step) > DEEPEST)) expect(found.kind).toBe('rejected')
        else if (wraps.length > 3) expect(found).toMatchObject({ rejection: { code: 'too_many_envelopes' } })
        else expect(found.kind === 'parsed' && found.value).toEqual(JSON.parse(JSON.stringify(inner)))
      }),
      { numRuns: RUNS },
    )
  })

  it('returns nothing deeper than 32 levels, and names no value when it refuses', () => {
    fc.assert(
      fc.property(recordBody, (body) => {
        const found = unwrapEnvelopes(body)
        if (found.kind === 'rejected') expect(findLeaks(found.rejection, MARKS)).toEqual([])
        else expect(depthOf(found.value)).toBeLessThanOrEqual(DEEPEST)
      }),
      { numRuns: RUNS },
    )
  })
})
