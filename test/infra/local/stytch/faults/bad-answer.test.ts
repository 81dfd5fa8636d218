import { expect, test } from 'vitest'
import type { FaultRule } from '../../../../../infra/local/stytch/faults.ts'
import { startProject } from '../start-project.ts'

const ERRORS: [FaultRule, number, string][] = [
  [{ kind: 'throttle' }, 429, 'too_many_requests'],
  [{ kind: 'server_error' }, 500, 'internal_server_error'],
  [{ kind: 'server_error', status: 499 }, 499, 'client_closed_request'],
  [{ kind: 'server_error', status: 503 }, 503, 'server_unavailable'],
  [{ kind: 'error', status: 409, errorType: 'never_seen' }, 409, 'never_seen'],
]

test.each(ERRORS)('answers %j with a Stytch error and resets nothing', async (rule, status, errorType) => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault(rule)

  const reply = await requireReset('ann@x.test')

  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body)).toMatchObject({ status_code: status, error_type: errorType })
  expect(stytch.password('ann@x.test').state).toBe('usable')
  expect(stytch.calls()).toMatchObject([{ status, effect: 'none', fault: rule.kind }])
})

test('says when to come back only when the rule does', async () => {
  const { stytch, requireReset } = await startProject()
  stytch.fault({ kind: 'throttle', retryAfter: 7, times: 1 })
  stytch.fault({ kind: 'throttle' })
  expect((await requireReset('ann@x.test')).headers['retry-after']).toBe('7')
  expect((await requireReset('ann@x.test')).headers['retry-after']).toBeUndefined()
})

test.each<[FaultRule, number, string, RegExp]>([
  [{ kind: 'html' }, 502, 'text/html', /^<html>/],
  [{ kind: 'html', status: 403 }, 403, 'text/html', /^<html>/],
  [{ kind: 'html', status: 200 }, 200, 'text/html', /^<html>/],
  [{ kind: 'not_json' }, 200, 'text/plain', /^OK$/],
  [{ kind: 'wrong_json' }, 200, 'application/json', /^\{"surprise":true\}$/],
])('answers %j with a body that is no Stytch answer', async (rule, status, contentType, body) => {
  const { stytch, requireReset } = await startProject()
  stytch.fault(rule)
  const reply = await requireReset('ann@x.test')
  expect(reply).toMatchObject({ status, headers: { 'content-type': contentType } })
  expect(reply.body).toMatch(body)
})

test('sends the caller elsewhere and sees it when the caller follows', async () => {
  const { stytch, requireReset, send } = await startProject()
  stytch.fault({ kind: 'redirect' })
  const reply = await requireReset('ann@x.test')
  expect(reply).toMatchObject({ status: 302, headers: { location: '/maintenance' } })
  await send('GET', '/maintenance')
  expect(stytch.calls().map(({ status }) => status)).toEqual([302, 404])
})

test('answers about another member of the same e-mail', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  const { memberId } = addPerson('ann@x.test')
  stytch.fault({ kind: 'wrong_member' })
  const body = JSON.parse((await requireReset('ann@x.test')).body)
  expect(body.member).toMatchObject({ email_address: 'ann@x.test', member_id: body.member_id })
  expect(body.member_id).not.toBe(memberId)
})

test('answers about another e-mail', async () => {
  const { stytch, addPerson, requireReset } = await startProject()
  addPerson('ann@x.test')
  stytch.fault({ kind: 'wrong_email' })
  const reply = await requireReset('ann@x.test')
  expect(reply.status).toBe(200)
  expect(JSON.parse(reply.body).member.email_address).toBe('stranger-ann@x.test')
})
