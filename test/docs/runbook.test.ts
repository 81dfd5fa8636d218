import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { searchMembers, searchOrganizations } from '../../lib/stytch/search.ts'
import { readSessions, revokeSessions } from '../../lib/stytch/sessions.ts'
import { everySetting } from '../fixtures/stages.ts'
import { findResource, templateOf } from '../infra/template-of.ts'
import { jsonBlocksOf } from './pages.ts'

const page = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0]?.trim().toLowerCase().replaceAll(' ', '-') ?? '', section]),
)
const alarms = Object.entries(templateOf('prod', everySetting).findResources('AWS::CloudWatch::Alarm')).map(
  ([logicalId, { Properties }]) => ({
    // A topic's alarm also has the name of the topic.
    id: logicalId.replace(/[0-9A-F]{8}$/, '').replace(/^(TopicDeliveriesFailed).*/, '$1'),
    section: sections.get(String(Properties.AlarmDescription).split('#')[1] ?? '') ?? '',
  }),
)

it.each(alarms)('says of $id what it means, where to look and what to do', ({ id, section }) => {
  expect(section).toContain(id)
  expect(section).toMatch(/\*\*Means\*\*: [\s\S]*\*\*Look here\*\*: [\s\S]*\*\*Do this\*\*:\s/)
})

it('has no section of an alarm that is not there', () => {
  const described = [...sections.values()].filter((section) => section.includes('**Means**'))
  expect(described.length).toBe(new Set(alarms.map(({ section }) => section)).size)
})

it('says how long a message of prod is hidden from each function', () => {
  const secondsOf = (queue: string) =>
    findResource(templateOf('prod'), 'AWS::SQS::Queue', queue)[1].Properties.VisibilityTimeout
  const section = sections.get('functionerrors')?.replaceAll('\n', ' ')
  const [ofTwo, ofEndSessions] = section?.match(/\d+(?= seconds in `prod`)/g)?.map(Number) ?? []
  expect(section).toMatch(/fan-out and require-reset: .* end-sessions: /)
  expect([ofTwo, ofTwo]).toEqual([secondsOf('BreachQueue'), secondsOf('ResetQueue')])
  expect(ofEndSessions).toBe(secondsOf('SessionsQueue'))
})

describe('by hand', () => {
  const member = { memberId: '<member_id>', organizationId: '<organization_id>', emailAddress: '' }
  const emails = ['ada@customer.example']

  it('finds members with the searches of end-sessions', () => {
    expect(jsonBlocksOf('docs/runbook.md').map((block) => JSON.parse(block))).toEqual([
      searchOrganizations(emails, undefined).body,
      searchMembers([member.organizationId], emails, undefined).body,
    ])
    expect(page).toContain(`@organizations.json https://api.stytch.com${searchOrganizations([], '').path}\n`)
    expect(page).toContain(`@members.json https://api.stytch.com${searchMembers([], [], '').path}\n`)
  })

  it('ends sessions and reads them back with the requests of end-sessions', () => {
    const { path, body } = revokeSessions(member)
    expect(page).toContain(`--json '${JSON.stringify(body)}' https://api.stytch.com${path}\n`)
    const url = new URL(readSessions(member).path, 'https://api.stytch.com')
    const data = [...url.searchParams].map(([name, value]) => `-d ${name}=${value}`).join(' ')
    expect(page).toContain(`--get ${data} ${url.origin}${url.pathname}\n`)
  })
})
