import { describe, expect, it } from 'vitest'
import { SourcesSchema } from '../../functions/fan-out/config.ts'
import type { Stage } from '../../infra/stage.ts'
import { everyKnob } from './every-knob.ts'
import { named, type Resource, templateOf } from './template-of.ts'

const sourcesWith = (sources: Stage['sources']) => templateOf('prod', sources && { sources })
const quotaIn = (template: ReturnType<typeof templateOf>) =>
  Object.entries(template.findResources('AWS::DynamoDB::Table') as Record<string, Resource>).find(([id]) =>
    id.startsWith('Quota'),
  )?.[1]
const variablesOf = (template: ReturnType<typeof templateOf>) =>
  Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => named(Properties.Environment.Variables) as Record<string, string>,
  )

describe('the quota table', () => {
  it.each<[string, Stage['sources']]>([
    ['no sources', undefined],
    ['sources without an hourly limit', { 'urn:a': { maxMembersPerEvent: 5 }, '*': {} }],
  ])('is not there in a stage with %s', (_, sources) => {
    const template = sourcesWith(sources)
    template.resourceCountIs('AWS::DynamoDB::Table', 1)
    expect(variablesOf(template).flatMap(Object.keys)).not.toContain('QUOTA_TABLE')
  })

  it('goes with the stack, encrypted with its key, and forgets messages when SQS does', () => {
    const table = quotaIn(sourcesWith({ '*': { maxMembersPerHour: 1_000 } }))
    expect(table?.DeletionPolicy).toBe('Delete')
    expect(named(table?.Properties)).toMatchObject({
      SSESpecification: { KMSMasterKeyId: 'Key.Arn', SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    })
  })

  it('is told to fan-out alone, with what each source may send', () => {
    const [fanOut, requireReset] = variablesOf(templateOf('prod', everyKnob))
    expect(fanOut?.QUOTA_TABLE).toBe('Quota')
    expect(SourcesSchema.parse(fanOut?.SOURCES)).toEqual(everyKnob.sources)
    expect(Object.keys(requireReset ?? {})).not.toEqual(expect.arrayContaining(['SOURCES']))
    expect(Object.keys(requireReset ?? {})).not.toEqual(expect.arrayContaining(['QUOTA_TABLE']))
  })
})
