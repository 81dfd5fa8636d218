import { expect, it } from 'vitest'
import { createLogWatch } from '../../cli/start/log-watch.ts'
import { breachEvent } from '../fixtures/breach-event.ts'

const line = (fields: object) => JSON.stringify({ message: 'member outcome', event_id: 'e', ...fields })
type Events = Parameters<typeof createLogWatch>[0]
const watchOf = (members: unknown[]) => createLogWatch([breachEvent({ data: { members } })] as Events)

it('counts outcomes and hands over whom a delivery skipped', () => {
  const watch = watchOf([])
  watch.onLog(line({ outcome: 'skipped', code: 'covered', person: 'p1' }))
  watch.onLog(line({ outcome: 'deferred', code: 'throttled', person: 'p2' }))
  watch.onLog(line({ outcome: 'skipped', code: 'duplicate', member: 3 }))
  watch.onLog('{"message":"something else"}')
  expect(watch.outcomes()).toBe(2)
  expect([...watch.takeSkips()]).toEqual([['e p1', 'covered']])
  expect([...watch.takeSkips()]).toEqual([])
  expect(watch.lines()).toBe(4)
})

it('counts lines with an address, also with a malformed one of the events', () => {
  const watch = watchOf([{ email_address: 'ada at customer' }, { email_address: 'lin@customer.example' }])
  watch.onLog('for ada at customer')
  watch.onLog('for anybody@home.example')
  watch.onLog('for ada at home @ all')
  expect(watch.leaks()).toBe(2)
})
