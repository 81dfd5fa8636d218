import { expect, it } from 'vitest'
import { FINISHED, OutcomeEventSchema } from '../../../lib/contract/outcome-event.ts'
import type { End, Fact } from '../../../lib/progress/fact.ts'
import { toFinishedEvent } from '../../../lib/progress/outcome-events.ts'
import { toRunState } from '../../../lib/progress/run-state.ts'

const ROWS = 10_000
const longest = (length: number) => 'x'.repeat(length)

/** Rows that end in turn in three ways: no two neighbours make a range. */
function endsInTurn(ends: readonly Pick<End, 'kind' | 'code'>[]): End[] {
  return Array.from({ length: ROWS }, (_, index) => ({
    index,
    at: 1,
    ...(ends[index % ends.length] ?? { kind: 'skipped', code: '' }),
  }))
}

it('a finished event of 10,000 rows that alternate, with the longest texts, stays below what SNS takes', () => {
  const run = { event: { source: longest(512), id: longest(128) }, run: longest(36), at: 1 }
  const accepted = {
    ...{ rows: `0-${ROWS - 1}`, time: longest(64), sentAt: longest(24), reason: longest(20) },
    ...{ severity: 'critical', mode: 'enforce' as const, correlationId: longest(256), of: longest(128) },
  }
  const facts: Fact[] = [
    { ...run, by: 'fan-out', ends: [], passedOn: [], accepted },
    {
      ...{ ...run, by: 'require-reset', passedOn: [...Array(ROWS).keys()] },
      ends: endsInTurn([
        { kind: 'reset', code: 'reset' },
        { kind: 'skipped', code: 'covered' },
        { kind: 'dead_lettered', code: 'organization_suspended' },
      ]),
    },
    {
      ...{ ...run, by: 'end-sessions', passedOn: [] },
      ends: endsInTurn([
        { kind: 'ended', code: 'ended' },
        { kind: 'skipped', code: 'no_member_found' },
        { kind: 'dead_lettered', code: 'sessions_not_ended' },
      ]),
    },
  ]
  const finished = toFinishedEvent({ stage: longest(30) }, toRunState(facts))
  expect(OutcomeEventSchema.parse(finished).type).toBe(FINISHED)
  expect(JSON.stringify(finished).length).toBeLessThan(110_000)
})
