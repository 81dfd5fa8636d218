import { expect, it } from 'vitest'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { checkBreachEvent, checkMembers } from '../../lib/contract/check-breach-event.ts'
import { templateOf } from './template-of.ts'

const NOW = Date.parse('2026-11-20T12:00:10Z')

/** What EventBridge makes of an input template: a placeholder in a string is replaced as it is, any other as a JSON value. */
function fillIn(InputTemplate: string, paths: Record<string, '$.id' | '$.time'>): unknown {
  const event = { '$.id': '6a7e8feb-b491-4cf7-a9f1-bf3703467718', '$.time': '2026-11-20T12:00:00Z' }
  const filled = Object.entries(paths).reduce(
    (text, [name, path]) =>
      text.replaceAll(`:<${name}>`, `:"${event[path]}"`).replaceAll(`<${name}>`, event[path]),
    InputTemplate,
  )
  return JSON.parse(filled)
}

it('sends a breach event of its own id and time that the contract accepts', () => {
  const rules = templateOf('prod').findResources('AWS::Events::Rule', {
    Properties: { ScheduleExpression: 'rate(1 hour)' },
  })
  const [rule] = Object.values(rules)
  const { InputTemplate, InputPathsMap } = rule?.Properties.Targets[0].InputTransformer ?? {}
  const checked = checkBreachEvent(fillIn(InputTemplate, InputPathsMap), NOW)
  if (checked.kind !== 'event') throw new Error(checked.rejection.detail)
  expect(checked.event).toMatchObject({
    source: CANARY_SOURCE,
    id: 'canary-6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    time: '2026-11-20T12:00:00Z',
  })
  expect(checkMembers(checked.event.data.members)).toMatchObject({
    invalid: [],
    members: [
      {
        member: {
          email_address: expect.stringContaining('6a7e8feb-b491-4cf7-a9f1-bf3703467718@example.com'),
        },
      },
    ],
  })
})

it('sends nothing in a stage that asks for no canary', () => {
  templateOf('dev').resourceCountIs('AWS::Events::Rule', 0)
})
