import { expect, test, vi } from 'vitest'
import { startProject } from '../start-project.ts'

test('hits as many requests as the rule says, the oldest rule first', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'throttle', times: 2 })
  stytch.fault({ kind: 'server_error', times: 1 })
  const statuses = []
  for (let sent = 0; sent < 4; sent += 1) statuses.push((await requireReset('ann@x.test')).status)
  expect(statuses).toEqual([429, 429, 500, 200])
})

test('hits every request until the faults are cleared', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'throttle' })
  expect((await requireReset('ann@x.test')).status).toBe(429)
  expect((await requireReset('ann@x.test')).status).toBe(429)
  stytch.clearFaults()
  expect((await requireReset('ann@x.test')).status).toBe(200)
})

test('hits only the e-mail that the rule names, in any case', async () => {
  const { stytch, requireReset } = await startProject()
  stytch.fault({ kind: 'throttle', email: 'Ann@x.test' })
  expect((await requireReset('bob@x.test')).status).toBe(404)
  expect((await requireReset('aNN@x.test')).status).toBe(429)
})

test('hits the share of requests that the rule names', async () => {
  const draws = [0.2, 0.3, 0.29]
  const { stytch, requireReset } = await startProject({ random: () => draws.shift() ?? 1 })
  stytch.fault({ kind: 'throttle', probability: 0.3 })
  const statuses = []
  for (let sent = 0; sent < 3; sent += 1) statuses.push((await requireReset('ann@x.test')).status)
  expect(statuses).toEqual([429, 404, 429])
})

test('resets although the answer is bad when the rule says so', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'html', afterEffect: true })
  expect((await requireReset('ann@x.test')).status).toBe(502)
  expect(stytch.password('ann@x.test').state).toBe('none')
  expect(stytch.calls()).toMatchObject([{ status: 502, effect: 'deleted', fault: 'html' }])
})

test('resets nothing for a wrong secret, whatever the fault', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'html', afterEffect: true })
  await requireReset('ann@x.test', {}, 'wrong')
  expect(stytch.password('ann@x.test').state).toBe('usable')
})

test('refuses a rule that is wrong', async () => {
  const { stytch } = await startProject()
  expect(() => stytch.fault({ kind: 'latency' })).toThrow('give ms')
  expect(() => stytch.fault({ kind: 'latency', minMs: 9, maxMs: 3 })).toThrow('smaller first')
})

test('answers late and resets only then', async () => {
  const { stytch, addPerson, requireReset } = await startProject({ random: () => 0.5 })
  addPerson('ann@x.test')
  stytch.fault({ kind: 'latency', minMs: 200, maxMs: 400 })
  const started = performance.now()
  const reply = requireReset('ann@x.test')
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ fault: 'latency' }]), { interval: 1 })
  expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'none' }])
  expect((await reply).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(290)
  expect(stytch.calls()).toMatchObject([{ status: 200, effect: 'deleted' }])
})

test('resets before a late answer when the rule says so', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'latency', ms: 60_000, afterEffect: true })
  requireReset('ann@x.test').catch(() => {})
  await vi.waitFor(() => expect(stytch.calls()).toMatchObject([{ status: 0, effect: 'deleted' }]))
})

test('can be slow and bad at once', async () => {
  const { stytch, requireReset } = await startProject()
  stytch.fault({ kind: 'throttle' })
  stytch.fault({ kind: 'latency', ms: 1 })
  expect((await requireReset('ann@x.test')).status).toBe(429)
  expect(stytch.calls()).toMatchObject([{ fault: 'latency+throttle' }])
})
