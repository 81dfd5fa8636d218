import { expect, it } from 'vitest'
import type { LogEntry } from '../../../cli/start/log-watch.ts'
import { createTotals } from '../../../cli/start/totals.ts'

const entry = (event_id: string, outcome: LogEntry['outcome'], more: Partial<LogEntry> = {}): LogEntry => ({
  message: 'member outcome',
  ...{ event_id, outcome, ...more },
})

it('counts the outcomes of each event, and shows the totals of those that have moved, from when each is accepted', () => {
  const isOpen = () => true
  const totals = createTotals()
  for (const outcome of ['reset', 'reset', 'deferred', 'dead_lettered'] as const)
    totals.add(entry('a', outcome))
  totals.add(entry('a', 'skipped', { code: 'covered' }))
  totals.add(entry('b', 'ended', { service: 'end-sessions' }))
  totals.add({ message: 'calling stopped', event_id: 'c' })
  expect(totals.take(isOpen)).toEqual([
    ['a', '2 reset, 1 dead-lettered, 1 skipped covered'],
    ['b', '1 session ended'],
  ])
  totals.add(entry('b', 'skipped', { service: 'end-sessions', code: 'sessions_covered' }))
  expect(totals.take(isOpen)).toEqual([['b', '1 session ended, 1 session skipped sessions_covered']])
  expect(totals.take(isOpen)).toEqual([])
  totals.add(entry('b', 'reset'))
  expect(totals.take(() => false)).toEqual([
    ['b', '1 session ended, 1 session skipped sessions_covered, 1 reset'],
  ])
  totals.add(entry('b', 'reset'))
  expect(totals.take(isOpen)).toEqual([['b', '1 reset']])
})
