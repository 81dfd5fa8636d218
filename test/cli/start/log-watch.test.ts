import { expect, it } from 'vitest'
import { createLogWatch, createTextFinder } from '../../../cli/start/log-watch.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const line = (fields: object) => JSON.stringify({ message: 'member outcome', event_id: 'e', ...fields })
type Events = Parameters<typeof createLogWatch>[0]
const watchOf = (members: unknown[]) => createLogWatch([breachEvent({ data: { members } })] as Events)

it('counts outcomes and returns who was skipped', () => {
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

it('keeps the outcomes of end-sessions apart, and an end although a crash had the person handled again', () => {
  const watch = watchOf([])
  const ofSessions = (fields: object) => watch.onLog(line({ service: 'end-sessions', ...fields }))
  ofSessions({ outcome: 'ended', person: 'p1' })
  ofSessions({ outcome: 'skipped', code: 'sessions_covered', person: 'p1' })
  ofSessions({ outcome: 'skipped', code: 'no_member_found', person: 'p2' })
  ofSessions({ outcome: 'deferred', code: 'sessions_alive', person: 'p3' })
  ofSessions({ outcome: 'dead_lettered', code: 'sessions_refused', person: 'p4' })
  expect([watch.outcomes(), watch.takeSkips().size]).toEqual([0, 0])
  expect([...watch.takeSessionEnds()]).toEqual([
    ['e p1', 'ended'],
    ['e p2', 'no_member_found'],
  ])
  expect(watch.takeSessionEnds().size).toBe(0)
})

it('counts lines with an address, also with a malformed one of the events', () => {
  const watch = watchOf([{ email_address: 'ada at customer' }, { email_address: 'lin@customer.example' }])
  watch.onLog('for ada at customer')
  watch.onLog('for anybody@home.example')
  watch.onLog('for ada at home @ all')
  expect(watch.leaks()).toBe(2)
})

it('hands over each outcome of a person, and when calling stops, as it is logged from now on', () => {
  const watch = watchOf([])
  const followed: unknown[] = []
  watch.onLog(line({ outcome: 'reset', person: 'p1' }))
  watch.follow(({ message, outcome, code }) => followed.push([message, outcome ?? code]))
  watch.onLog(line({ outcome: 'skipped', code: 'covered', person: 'p2' }))
  watch.onLog('{"message":"calling stopped","code":"unreachable"}')
  watch.onLog('{"message":"something else"}')
  watch.onLog('{"message":"member outcome", half a li')
  expect(followed).toEqual([
    ['member outcome', 'skipped'],
    ['calling stopped', 'unreachable'],
  ])
})

it('finds any of the texts anywhere in a line, also after a false beginning', () => {
  const holds = createTextFinder(['ada at customer', 'ada. at customer', 'lin at customer'])
  expect(holds('{"who":"lin at customer"}')).toBe(true)
  expect(holds('ada at home, ada at customer')).toBe(true)
  expect(holds('ada at home, lin at home')).toBe(false)
  expect(createTextFinder([])('anything')).toBe(false)
})
