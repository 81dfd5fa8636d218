import { describe, expect, it } from 'vitest'
import { byEmail, createCore } from './create-core.ts'

/** Ann in two organizations, Bob in one of them. */
function createPeople(...settings: Parameters<typeof createCore>) {
  const core = createCore(...settings)
  const other = core.project.addOrganization({ slug: 'other', organizationId: 'organization-test-other' })
  const ann = core.addMember('Ann@x.test')
  const annElsewhere = core.addMember('ann@x.test', { organizationId: other.organizationId })
  const bob = core.addMember('bob@x.test')
  const both = [core.organizationId, other.organizationId]
  const idsOf = (body: unknown, fault?: { kind: 'stranger_in_page' }) =>
    core.searchMembers(body, fault).body.members.map(({ member_id }: { member_id: string }) => member_id)
  return { ...core, other, ann, annElsewhere, bob, both, idsOf }
}

const slugs = ({ body }: { body: { organizations: { organization_slug: string }[] } }) =>
  body.organizations.map(({ organization_slug }) => organization_slug)

describe('a search of organizations', () => {
  it('finds those that have a member with one of the e-mails, in any case, each once', () => {
    const { searchOrganizations } = createPeople()
    expect(slugs(searchOrganizations({ query: byEmail('ANN@x.test', 'bob@x.test') }))).toEqual([
      'acme',
      'other',
    ])
    expect(slugs(searchOrganizations({ query: byEmail('bob@x.test') }))).toEqual(['acme'])
    expect(slugs(searchOrganizations({ query: byEmail('an@x.test') }))).toEqual([])
  })

  it('answers in the shape of Stytch', () => {
    const { searchOrganizations } = createPeople()
    expect(searchOrganizations({ query: byEmail('bob@x.test') }).body).toEqual({
      request_id: 'r-1',
      status_code: 200,
      organizations: [
        expect.objectContaining({ organization_id: 'organization-test-acme', mfa_policy: 'OPTIONAL' }),
      ],
      results_metadata: { total: 1 },
    })
  })

  it('finds all for no query', () => {
    expect(slugs(createPeople().searchOrganizations({}))).toEqual(['acme', 'other'])
  })

  it('does not find an organization by a deleted member', () => {
    const { addMember, searchOrganizations } = createCore()
    addMember('gone@x.test', { status: 'deleted' })
    expect(slugs(searchOrganizations({ query: byEmail('gone@x.test') }))).toEqual([])
  })
})

describe('a search of members', () => {
  it('finds those of the given organizations with one of the e-mails, in any case', () => {
    const { both, ann, annElsewhere, bob, other, idsOf } = createPeople()
    const query = byEmail('ANN@x.test', 'bob@x.test', 'nobody@x.test')
    expect(idsOf({ organization_ids: both, query })).toEqual([
      ann.memberId,
      annElsewhere.memberId,
      bob.memberId,
    ])
    expect(idsOf({ organization_ids: [other.organizationId], query })).toEqual([annElsewhere.memberId])
    expect(idsOf({ organization_ids: ['nowhere'], query })).toEqual([])
  })

  it('answers in the shape of Stytch, with the organizations of the members found', () => {
    const { both, bob, organizationId, searchMembers } = createPeople()
    expect(searchMembers({ organization_ids: both, query: byEmail('bob@x.test') }).body).toEqual({
      request_id: 'r-1',
      status_code: 200,
      members: [
        expect.objectContaining({ member_id: bob.memberId, email_address: 'bob@x.test', is_locked: false }),
      ],
      organizations: { [organizationId]: expect.objectContaining({ organization_slug: 'acme' }) },
      results_metadata: { total: 1 },
    })
  })

  it('finds a deleted member only by status', () => {
    const { organizationId, addMember, idsOf, project } = createPeople()
    const gone = addMember('gone@x.test', { status: 'deleted' })
    const operands = byEmail('gone@x.test').operands
    const byStatus = (...statuses: string[]) => ({
      organization_ids: [organizationId],
      query: {
        operator: 'AND',
        operands: [...operands, { filter_name: 'statuses', filter_value: statuses }],
      },
    })
    expect(idsOf({ organization_ids: [organizationId], query: byEmail('gone@x.test') })).toEqual([])
    expect(idsOf({ organization_ids: [organizationId] })).not.toContain(gone.memberId)
    expect(idsOf(byStatus('active'))).toEqual([])
    expect(idsOf(byStatus('deleted'))).toEqual([gone.memberId])
    expect(project.membersOf('gone@x.test')).toEqual([])
  })

  it('names a real stranger when a fault says so', () => {
    const { organizationId, ann, bob, idsOf } = createPeople()
    const body = { organization_ids: [organizationId], query: byEmail('ann@x.test') }
    expect(idsOf(body, { kind: 'stranger_in_page' })).toEqual([ann.memberId, bob.memberId])
  })
})

describe('a page', () => {
  it('leads to the next one, and the last says so', () => {
    const { both, searchMembers } = createPeople()
    const body = { organization_ids: both, limit: 2, query: byEmail('ann@x.test', 'bob@x.test') }
    const first = searchMembers(body).body
    expect(first).toMatchObject({ members: { length: 2 }, results_metadata: { total: 3 } })
    const second = searchMembers({ ...body, cursor: first.results_metadata.next_cursor }).body
    expect(second.members).toMatchObject([{ email_address: 'bob@x.test' }])
    expect(second.results_metadata).toEqual({ total: 3 })
    expect(searchMembers({ ...body, limit: 3 }).body.results_metadata).toEqual({ total: 3 })
  })

  it('is never longer than the largest that is set, and 100 unless asked', () => {
    const { project, searchOrganizations, settings } = createCore()
    for (let index = 0; index < 150; index++) project.addOrganization()
    expect(slugs(searchOrganizations({}))).toHaveLength(100)
    expect(slugs(searchOrganizations({ limit: 1000 }))).toHaveLength(151)
    settings.searchPageSize = 3
    expect(slugs(searchOrganizations({ limit: 1000 }))).toHaveLength(3)
  })

  it('ends with null where absent strings are null', () => {
    const { searchOrganizations } = createCore({ absentStrings: 'null' })
    expect(searchOrganizations({}).body.results_metadata).toEqual({ total: 1, next_cursor: null })
  })
})

it('does not find a member before the index has them', () => {
  const { clock, both, idsOf, bob, addMember, searchOrganizations } = createPeople({ searchLagMs: 60_000 })
  const body = { organization_ids: both, query: byEmail('bob@x.test', 'new@x.test') }
  clock.now += 60_000
  addMember('new@x.test')
  clock.now += 59_999
  expect(idsOf(body)).toEqual([bob.memberId])
  expect(slugs(searchOrganizations({ query: byEmail('new@x.test') }))).toEqual([])
  clock.now += 1
  expect(idsOf(body)).toHaveLength(2)
  expect(slugs(searchOrganizations({ query: byEmail('new@x.test') }))).toEqual(['acme'])
})

it('does not find a member whom the index has forgotten', () => {
  const { both, idsOf, bob, searchOrganizations } = createPeople()
  const body = { organization_ids: both, query: byEmail('bob@x.test') }
  bob.isForgotten = true
  expect(idsOf(body)).toEqual([])
  expect(slugs(searchOrganizations({ query: byEmail('bob@x.test') }))).toEqual([])
  bob.isForgotten = false
  expect(idsOf(body)).toEqual([bob.memberId])
})

describe('a search is refused', () => {
  it('with more values than the limit in an array', () => {
    const { both, searchMembers, searchOrganizations } = createPeople({ searchFilterLimit: 2 })
    const three = byEmail('a@x.test', 'b@x.test', 'c@x.test')
    const types = [
      searchOrganizations({ query: three }),
      searchMembers({ organization_ids: both, query: three }),
      searchMembers({ organization_ids: [...both, 'third'] }),
      searchMembers({ organization_ids: both, query: byEmail('a@x.test', 'b@x.test') }),
    ].map(({ status, body }) => [status, body.error_type])
    expect(types).toEqual([
      [400, 'organization_search_maximum_filter_value_count_exceeded'],
      [400, 'member_search_maximum_filter_value_count_exceeded'],
      [400, 'member_search_maximum_filter_value_count_exceeded'],
      [200, undefined],
    ])
  })

  it.each([[{}], [{ organization_ids: [] }]])('of members without organizations: %j', (body) => {
    const { status, body: answer } = createCore().searchMembers(body)
    expect([status, answer.error_type]).toEqual([400, 'member_search_organization_ids_empty'])
  })

  it.each([
    undefined,
    { limit: 1001 },
    { limit: 0 },
    { cursor: 'no cursor of ours' },
    { query: { operator: 'OR', operands: [] } },
    { query: { operator: 'AND', operands: [{ filter_name: 'shoe_size', filter_value: ['9'] }] } },
    { query: { operator: 'AND', operands: [{ filter_name: 'member_emails', filter_value: 'ann@x.test' }] } },
  ])('that it does not understand: %j', (body) => {
    const { status, body: answer } = createCore().searchOrganizations(body)
    expect([status, answer.error_type]).toEqual([400, 'bad_request'])
  })
})
