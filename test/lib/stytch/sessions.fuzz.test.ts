import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { judgeMembers, judgeOrganizations } from '../../../lib/stytch/search.ts'
import { judgeRevoke, judgeSessions } from '../../../lib/stytch/sessions.ts'
import { sessionsAnswer } from '../../fuzz/sessions-answers.ts'

const RUNS = 1000
const NOW = Date.parse('2026-11-20T12:00:00Z')
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/
const MEMBER = { memberId: 'member-test-1', organizationId: 'organization-test-1', emailAddress: '' }

const JUDGES = [
  ['organizations', (answer: Answer) => judgeOrganizations(answer, NOW)],
  ['members', (answer: Answer) => judgeMembers(answer, NOW)],
  ['revoke', (answer: Answer) => judgeRevoke(answer, NOW)],
  ['sessions', (answer: Answer) => judgeSessions(answer, MEMBER, NOW)],
] as const

/** The JSON of a 200 of Stytch, read without the product's schemas. */
function proof(answer: Answer): Record<string, unknown> | undefined {
  if (answer.kind !== 'answered' || answer.status !== 200 || answer.body === undefined) return undefined
  const body = JSON.parse(answer.body)
  const isValid = typeof body?.request_id === 'string' && body.request_id !== '' && body.status_code === 200
  return isValid ? body : undefined
}

/** Whether Stytch itself said that there is no session. */
function saysNone(answer: Answer): boolean {
  if (answer.kind !== 'answered' || answer.status < 400 || answer.status > 499) return false
  const { status_code, error_type } = JSON.parse(answer.body ?? 'null') ?? {}
  return Number(status_code) === answer.status && /^(session|member)_not_found$/.test(error_type)
}

const check = (predicate: (answer: Answer) => void) =>
  fc.assert(fc.property(sessionsAnswer, predicate), { numRuns: RUNS })

describe('the judges of searches and sessions, given any answer', () => {
  it('take only pages whose every item has its ids and that say whether there is another', () => {
    check((answer) => {
      for (const [name, judge] of JUDGES.slice(0, 2)) {
        const verdict = judge(answer)
        if (verdict.kind !== 'page') continue
        const body = proof(answer)
        const ids = name === 'members' ? ['member_id', 'organization_id'] : ['organization_id']
        expect(body?.results_metadata).toBeTypeOf('object')
        const items = body?.[name] as Record<string, unknown>[]
        expect(verdict.found).toHaveLength(items.length)
        for (const item of items) for (const id of ids) expect(item[id]).toMatch(/./)
        expect(verdict.cursor).not.toBe('')
      }
    })
  })

  it('call sessions revoked only after a valid 200, or when Stytch says that there are none', () => {
    check((answer) => {
      if (judgeRevoke(answer, NOW).kind === 'revoked')
        expect(proof(answer) !== undefined || saysNone(answer)).toBe(true)
    })
  })

  it('read back only sessions of that member, each with the moment at which it began', () => {
    check((answer) => {
      const verdict = judgeSessions(answer, MEMBER, NOW)
      if (verdict.kind !== 'sessions') return
      expect(verdict.startedAt).not.toContain(Number.NaN)
      const sessions = (saysNone(answer) ? [] : proof(answer)?.member_sessions) as { member_id: string }[]
      expect(verdict.startedAt).toHaveLength(sessions.length)
      for (const { member_id } of sessions) expect(member_id).toBe('member-test-1')
    })
  })

  it.each(JUDGES)('%s: names codes and request ids by plain tokens', (_, judge) => {
    check((answer) => {
      const verdict = judge(answer)
      if ('code' in verdict) expect(verdict.code).toMatch(TOKEN)
      if (verdict.requestId !== undefined) expect(verdict.requestId).toMatch(TOKEN)
    })
  })

  it.each(JUDGES)('%s: blame nobody for what is not a 4xx of Stytch', (_, judge) => {
    check((answer) => {
      const status = answer.kind === 'answered' ? answer.status : 0
      const mayBlame = status >= 400 && status < 500 && ![401, 408, 425, 429, 499].includes(status)
      if (!mayBlame) expect(judge(answer).kind).not.toBe('refused')
      if (status < 200 || status > 299) expect(judge(answer).kind).not.toBe('unusable')
    })
  })
})
