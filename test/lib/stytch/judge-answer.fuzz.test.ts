import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { judgeReset } from '../../../lib/stytch/require-reset.ts'
import { answered } from '../../fuzz/stytch-answers.ts'
import { MEMBER } from '../../leaks/planted.ts'

const RUNS = 1000
const NOW = Date.parse('2026-11-20T12:00:00Z')
const TOKEN = /^[A-Za-z0-9_-]{1,128}$/

const request = fc.record(
  {
    email_address: fc.constantFrom(MEMBER, MEMBER.toUpperCase()),
    organization_id: fc.constantFrom('acme', 'organization-test-1', 'organization-test-2'),
    member_id: fc.constantFrom('crm|4711', 'member-test-1', 'member-test-2'),
  },
  { requiredKeys: ['email_address'] },
)

/** What must hold of an answer before it may count as a reset of `asked`, read without the product's schemas. */
function provesReset(
  answer: Answer,
  asked: { email_address: string; member_id?: string; organization_id?: string },
) {
  if (answer.kind !== 'answered' || answer.status !== 200 || answer.body === undefined) return false
  const body = JSON.parse(answer.body)
  const agrees = (said: unknown, wanted = '') =>
    said === undefined || said === null || said === '' || said === wanted
  const canonical = (id: string | undefined) => /^(member|organization)-(live|test)-/.test(id ?? '')
  const said = String(body.member?.email_address ?? '').trim()
  return (
    typeof body.request_id === 'string' &&
    body.request_id !== '' &&
    body.status_code === 200 &&
    agrees(said.toLowerCase(), asked.email_address.toLowerCase()) &&
    (!canonical(asked.member_id) ||
      [body.member_id, body.member?.member_id].every((id) => agrees(id, asked.member_id))) &&
    (!canonical(asked.organization_id) ||
      [body.organization?.organization_id, body.member?.organization_id].every((id) =>
        agrees(id, asked.organization_id),
      ))
  )
}

describe('judgeReset, given any answer', () => {
  it('says reset only of a valid body that does not contradict the request', () => {
    fc.assert(
      fc.property(answered, request, (answer, asked) => {
        if (judgeReset(answer, asked, NOW).kind === 'reset') expect(provesReset(answer, asked)).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })

  it('names codes and request ids by plain tokens', () => {
    fc.assert(
      fc.property(answered, request, (answer, asked) => {
        const verdict = judgeReset(answer, asked, NOW)
        if ('code' in verdict) expect(verdict.code).toMatch(TOKEN)
        if (verdict.requestId !== undefined) expect(verdict.requestId).toMatch(TOKEN)
      }),
      { numRuns: RUNS },
    )
  })

  it('blames no member for what is not answered with a 4xx of Stytch, and waits no longer than an hour', () => {
    fc.assert(
      fc.property(answered, request, (answer, asked) => {
        const verdict = judgeReset(answer, asked, NOW)
        const status = answer.kind === 'answered' ? answer.status : 0
        const mayBlame = status >= 400 && status < 500 && ![401, 408, 425, 429, 499].includes(status)
        if (!mayBlame) expect(verdict.kind).not.toMatch(/^(refused|not_found|no_password)$/)
        if (status < 200 || status > 299) expect(verdict.kind).not.toMatch(/^(reset|unusable)$/)
        if (verdict.kind !== 'transient') return
        expect(verdict.retryAfterMs ?? 0).toSatisfy((ms: number) => ms >= 0 && ms <= 3_600_000)
      }),
      { numRuns: RUNS },
    )
  })
})
