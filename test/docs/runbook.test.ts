import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { templateOf } from '../infra/template-of.ts'

const page = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0]?.trim().toLowerCase().replaceAll(' ', '-') ?? '', section]),
)
const alarms = Object.entries(templateOf('prod').findResources('AWS::CloudWatch::Alarm')).map(
  ([logicalId, { Properties }]) => ({
    id: logicalId.replace(/[0-9A-F]{8}$/, ''),
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
