import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import {
  judgeMembers,
  judgeOrganizations,
  searchMembers,
  searchOrganizations,
} from '../../../lib/stytch/search.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { fullResetResponse } from '../../fixtures/full-reset-response.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const { member, organization, request_id } = fullResetResponse()
const page = { status_code: 200, request_id, results_metadata: { total: 1, next_cursor: '' } }
const organizations = { ...page, organizations: [organization] }
const members = { ...page, members: [member], organizations: { 'organization-test-1': organization } }
const FOUND = {
  memberId: 'member-test-1',
  organizationId: 'organization-test-1',
  emailAddress: 'ada@customer.example',
}

describe('a search', () => {
  it('for organizations posts what the endpoint defines', () => {
    expect(searchOrganizations(['a@x.example', 'b@x.example'], undefined)).toMatchObject({
      method: 'POST',
      path: '/v1/b2b/organizations/search',
      body: {
        cursor: undefined,
        limit: 1000,
        query: {
          operator: 'AND',
          operands: [{ filter_name: 'member_emails', filter_value: ['a@x.example', 'b@x.example'] }],
        },
      },
    })
  })

  it('for members names the organizations, and the page', () => {
    expect(searchMembers(['organization-test-1'], ['a@x.example'], 'page-2')).toMatchObject({
      method: 'POST',
      path: '/v1/b2b/organizations/members/search',
      body: {
        ...{ organization_ids: ['organization-test-1'], cursor: 'page-2', limit: 1000 },
        query: {
          operator: 'AND',
          operands: [{ filter_name: 'member_emails', filter_value: ['a@x.example'] }],
        },
      },
    })
  })
})

const SEARCHES = [
  ['organizations', judgeOrganizations, organizations, ['organization-test-1']],
  ['members', judgeMembers, members, [FOUND]],
] as const

describe.each(SEARCHES)('an answer to a search for %s', (name, judge, body, found) => {
  const judged = (answer: Answer) => judge(answer, NOW)

  it('is a page of what it found', () => {
    const verdict = { kind: 'page', found, cursor: undefined, requestId: request_id }
    expect(judged(answers.json(200, body))).toEqual(verdict)
    const sparse = { ...page, [name]: body[name as keyof typeof body], results_metadata: {} }
    expect(judged(answers.json(200, sparse))).toEqual(verdict)
  })

  it('is a page of nothing', () => {
    expect(judged(answers.json(200, { ...body, [name]: [] }))).toMatchObject({ kind: 'page', found: [] })
  })

  it.each([
    ['page-2', 'page-2'],
    ['', undefined],
    [null, undefined],
  ])('has a next page, or not: %s', (next_cursor, cursor) => {
    const more = { ...body, results_metadata: { total: -1, next_cursor } }
    expect(judged(answers.json(200, more))).toMatchObject({ kind: 'page', cursor })
  })

  it('may have fields and values that nobody knows', () => {
    const newer = { ...body, shards: 3, results_metadata: { ...page.results_metadata, took_ms: 9 } }
    expect(judged(answers.json(200, newer))).toMatchObject({ kind: 'page', found })
  })

  it.each([
    ['an empty object', {}],
    ['no list', { ...page }],
    ['a list of the wrong type', { ...page, [name]: 'many' }],
    ['an item without its ids', { ...page, [name]: [{ email_address: 'ada@customer.example' }] }],
    ['an item with an empty id', { ...page, [name]: [{ ...member, member_id: '', organization_id: '' }] }],
    ['no metadata', { ...body, results_metadata: undefined }],
    ['a cursor of the wrong type', { ...body, results_metadata: { next_cursor: 7 } }],
    ['no request_id', { ...body, request_id: undefined }],
    ['another status_code', { ...body, status_code: 500 }],
    ['a page of a proxy', 'Welcome'],
  ])('is unusable: %s', (_, other) => {
    expect(judged(answers.json(200, other))).toMatchObject({ kind: 'unusable', code: 'invalid_response' })
  })

  it('is unusable when it is not exactly 200, or was cut off', () => {
    expect(judged(answers.json(206, body))).toMatchObject({ kind: 'unusable' })
    const cut: Answer = { kind: 'answered', status: 200, body: undefined, retryAfter: undefined }
    expect(judged(cut)).toMatchObject({ kind: 'unusable', code: 'invalid_response' })
  })

  it.each([
    [400, 'member_search_organization_ids_empty', { kind: 'refused', unknown: true }],
    [400, 'organization_suspended', { kind: 'refused', unknown: false }],
    [404, 'organization_not_found', { kind: 'refused', unknown: true }],
    [404, 'member_not_found', { kind: 'refused', unknown: true }],
    [404, 'session_not_found', { kind: 'refused', unknown: true }],
    [401, 'unauthorized_credentials', { kind: 'configuration_fault', unauthorized: true }],
    [403, 'enterprise_endpoint', { kind: 'configuration_fault', unauthorized: false }],
    [429, 'too_many_requests', { kind: 'transient', throttled: true }],
    [500, 'internal_server_error', { kind: 'transient', throttled: false }],
    [408, 'search_timeout', { kind: 'transient', code: 'http_408' }],
  ])('is a failure: %i %s', (status, errorType, verdict) => {
    expect(judged(answers.error(status, errorType))).toMatchObject(verdict)
  })

  it('that never came is a transient failure', () => {
    expect(judged(answers.timeout())).toMatchObject({ kind: 'transient', code: 'timeout' })
  })
})
