import { expect, test } from 'vitest'
import { createProjectState } from '../../../../infra/local/stytch/project.ts'

test('gives new organizations and members ids of the test environment', () => {
  const project = createProjectState(() => 0)
  const { organizationId } = project.addOrganization()
  const member = project.addMember({ organizationId, email: 'ann@x.test' })
  expect(organizationId).toMatch(/^organization-test-[0-9a-f-]{36}$/)
  expect(member.memberId).toMatch(/^member-test-[0-9a-f-]{36}$/)
  expect(member).toMatchObject({ status: 'active', breakGlass: false })
})

test('refuses an organization whose id, slug or external id is taken', () => {
  const project = createProjectState(() => 0)
  project.addOrganization({ slug: 'acme', externalId: 'crm|1' })
  expect(() => project.addOrganization({ slug: 'acme' })).toThrow('acme already exists')
  expect(() => project.addOrganization({ externalId: 'crm|1' })).toThrow('crm|1 already exists')
})

test('refuses a member without an organization and a second one of an e-mail in the same organization', () => {
  const project = createProjectState(() => 0)
  const { organizationId } = project.addOrganization()
  project.addMember({ organizationId, email: 'ann@x.test' })
  expect(() => project.addMember({ organizationId: 'no', email: 'ann@x.test' })).toThrow('no organization')
  expect(() => project.addMember({ organizationId, email: 'Ann@x.test' })).toThrow('already has a member')
})

test('lets an e-mail come back after its member was deleted', () => {
  const project = createProjectState(() => 0)
  const { organizationId } = project.addOrganization()
  project.addMember({ organizationId, email: 'ann@x.test', status: 'deleted' })
  const member = project.addMember({ organizationId, email: 'ann@x.test' })
  expect(project.membersOf('ANN@x.test')).toEqual([member])
})
