import { describe, expect, it } from 'vitest'
import { canaryEvent, isCanary } from '../../../lib/contract/canary.ts'

const { source, data } = canaryEvent('1', '2026-11-20T10:00:00Z')
const [row] = data.members

describe('isCanary', () => {
  it('knows a canary by its source and its made-up address together', () => {
    expect(isCanary(source, data.members)).toBe(true)
    expect(isCanary('urn:detector:stealer-logs', data.members)).toBe(false)
    expect(isCanary(source, [row, { email_address: 'ada@customer.example' }])).toBe(false)
  })

  it('knows a canary whose ids are null, which is unset', () => {
    expect(isCanary(source, [{ ...row, organization_id: null, member_id: null }])).toBe(true)
  })

  it('takes one row for a canary, not more and not none', () => {
    expect(isCanary(source, [row, row])).toBe(false)
    expect(isCanary(source, [])).toBe(false)
  })

  it.each([
    ['null', null],
    ['a text', row?.email_address],
    ['a made-up address with an organization', { ...row, organization_id: 'acme' }],
    ['a made-up address with a member', { ...row, member_id: 'member-test-1' }],
    ['a list with the address', { email_address: [row?.email_address] }],
    ['an object that can not be made a text', { email_address: { toString: 1 } }],
  ])('takes a row that is %s for no canary', (_, bad) => {
    expect(isCanary(source, [bad])).toBe(false)
  })
})
