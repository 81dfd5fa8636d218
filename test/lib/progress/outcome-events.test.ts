import { describe, expect, it } from 'vitest'
import { OutcomeEventSchema } from '../../../lib/contract/outcome-event.ts'
import { nameRanges } from '../../../lib/contract/ranges.ts'
import { toFinishedEvent, toFirstEvent } from '../../../lib/progress/outcome-events.ts'
import { toRunState } from '../../../lib/progress/run-state.ts'
import { accepted, deadLettered, ended, fact, NOON, reset, skipped } from './facts.ts'

/** EventBridge takes more by now; its reference still says this. */
const MAX_EVENT_BYTES = 256 * 1024
const DEV = { stage: 'dev' }

describe('the event that a run is finished', () => {
  it('has the first and last reset, and the last moment at which sessions had ended', () => {
    const facts = [
      accepted(),
      fact({ ends: [reset(0, NOON + 1000), reset(1, NOON + 9000), skipped(2, 'covered')], passedOn: [0, 1] }),
      fact({
        by: 'end-sessions',
        at: NOON + 20_000,
        ends: [ended(0, NOON + 12_000), ended(1, NOON + 11_000)],
      }),
    ]
    const event = toFinishedEvent(DEV, toRunState(facts))
    expect(OutcomeEventSchema.parse(event)).toEqual(event)
    expect(event?.data).toMatchObject({
      first_reset_at: '2026-11-20T12:00:01.000Z',
      last_reset_at: '2026-11-20T12:00:09.000Z',
      last_sessions_ended_at: '2026-11-20T12:00:12.000Z',
      finished_at: '2026-11-20T12:00:20.000Z',
    })
  })

  it.each([
    ['that is open', [accepted(), fact({ ends: [reset(0)] })]],
    ['that was refused', [fact({ by: 'fan-out', refused: { code: 'expired', rows: '0' } })]],
    ['whose acceptance is not known', [fact({ ends: [reset(0)] })]],
  ])('is not said of a run %s', (_, facts) => {
    expect(toFinishedEvent(DEV, toRunState(facts))).toBeUndefined()
  })

  it('is one that EventBridge takes, of the largest event, whatever became of its rows', () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => row)
    const resets = rows.map((row) => (row % 2 ? reset(row) : skipped(row, 'no_password')))
    const sessions = rows.map((row) => (row % 2 ? ended(row) : deadLettered(row, 'sessions_alive')))
    const state = toRunState([
      accepted({ rows: nameRanges(rows), correlationId: 'x'.repeat(256) }),
      fact({ ends: resets, passedOn: rows }),
      fact({ by: 'end-sessions', ends: sessions }),
    ])
    const size = Buffer.byteLength(JSON.stringify(toFinishedEvent(DEV, state)))
    expect(size).toBeGreaterThan(50_000)
    expect(size).toBeLessThan(MAX_EVENT_BYTES)
  })
})

it('nothing is said at once of what a step has found out', () => {
  expect(toFirstEvent(DEV, fact({ ends: [reset(0)] }))).toBeUndefined()
})
