import { expect, it } from 'vitest'
import { createInvocationLog } from '../../../cli/start/chaos/run.ts'
import type { OnBatch } from '../../../infra/local/boot.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

type Summary = Parameters<OnBatch>[0]

const members = [{ email_address: 'Ada@customer.example' }, { email_address: 'lin@customer.example' }]
const body = JSON.stringify({
  ...breachEvent({ data: { members } }),
  fence: '2026-01-01T00:00:00Z',
  attempts: 0,
})
const batch = (rest: Partial<Summary>): Summary => ({
  ...{ functionName: 'RequireReset1A', startedAt: 1, endedAt: 5, acknowledged: [], failed: [], deleted: 0 },
  result: { kind: 'answered', payload: {}, durationMs: 4 },
  records: [{ body }, { body: 'rubbish' }] as unknown as Summary['records'],
  ...rest,
})
const died = (errorType: string): Summary['result'] => ({
  ...{ kind: 'failed', errorType, errorMessage: '', durationMs: 4 },
})

it('keeps when require-reset handled whom, and how that ended', () => {
  const { onBatch, all } = createInvocationLog()
  onBatch(batch({}))
  onBatch(batch({ failed: ['message'] }))
  onBatch(batch({ result: died('Runtime.ExitError') }))
  onBatch(batch({ result: died('Sandbox.Timedout') }))
  onBatch(batch({ functionName: 'FanOut2B' }))
  expect(all().map(({ end }) => end)).toEqual(['settled', 'returned', 'killed', 'timed out'])
  const people = new Set(['ada@customer.example', 'lin@customer.example'])
  expect(all()[0]).toEqual({ from: 1, to: 5, people, end: 'settled' })
})
