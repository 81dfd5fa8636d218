import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isAllowed, type Statement } from '../infra/is-allowed.ts'
import { named, templateOf } from '../infra/template-of.ts'
import { documentedProducers, jsonBlocksOf } from './pages.ts'

const { accounts = [], roles = [], organizationId = '', topics = [] } = documentedProducers
const [role = ''] = roles
const [topic = ''] = topics
const template = templateOf('prod', { producers: documentedProducers })

const statementsOf = (type: string, prefix: string) => {
  const [, policy] = Object.entries(template.findResources(type)).find(([id]) => id.startsWith(prefix)) ?? []
  const { PolicyDocument, KeyPolicy = PolicyDocument } = policy?.Properties ?? {}
  return named(KeyPolicy.Statement) as Statement[]
}
const queuePolicy = statementsOf('AWS::SQS::QueuePolicy', 'BreachQueuePolicy')
const keyPolicy = statementsOf('AWS::KMS::Key', 'BreachKey')

/** The role's own policy on the page, each `<Name>` replaced by that output of the stack. */
const [page = ''] = jsonBlocksOf('docs/producers.md').filter((block) => block.includes('"Statement"'))
const outputs = named(template.findOutputs('*')) as Record<string, { Value: string }>
const withOutputs = page.replaceAll(/<(\w+)>/g, (_, output) => outputs[output]?.Value ?? '')
const rolePolicy: Statement[] = JSON.parse(withOutputs).Statement

const toSend = { action: 'sqs:SendMessage', resource: 'BreachQueue.Arn' }
const toEncrypt = ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
  action,
  resource: 'BreachKey.Arn',
}))
const viaSqs = { 'aws:SecureTransport': 'true', 'kms:ViaService': 'sqs.AWS::Region.AWS::URLSuffix' }

/** Whether these policies of queue and key let somebody put a message on the queue and have it encrypted. */
function maySend(principal: string, special: Record<string, string>, queue = queuePolicy, key = keyPolicy) {
  const context = { ...viaSqs, ...special }
  const sends = isAllowed(queue, { principal, context, ...toSend })
  return sends && toEncrypt.every((request) => isAllowed(key, { principal, context, ...request }))
}

const rule = { 'aws:SourceArn': 'BreachEventRule.Arn', 'aws:SourceAccount': 'AWS::AccountId' }

describe('the stage of docs/deploy.md', () => {
  it.each([
    ['its role of another account', role, {}],
    ['any role of its accounts', `arn:aws:iam::${accounts[0]}:role/any`, {}],
    ['its organization', 'arn:aws:iam::999999999999:role/any', { 'aws:PrincipalOrgID': organizationId }],
    ['its rule', 'events.amazonaws.com', rule],
    ['its topic', 'sns.amazonaws.com', { 'aws:SourceArn': topic }],
  ])('lets %s send', (_, principal, context) => {
    expect(maySend(principal, context)).toBe(true)
  })

  it.each([
    ['another role of that account', `${role}-2`, {}],
    ['its role, without TLS', role, { 'aws:SecureTransport': 'false' }],
    ['another rule', 'events.amazonaws.com', { ...rule, 'aws:SourceArn': 'OtherRule.Arn' }],
    ['another topic', 'sns.amazonaws.com', { 'aws:SourceArn': `${topic}-2` }],
  ])('does not let %s send', (_, principal, context) => {
    expect(maySend(principal, context)).toBe(false)
  })
})

it('the policy of docs/producers.md lets a role of another account send, with the actions of docs/contract.md', () => {
  expect(maySend(role, {}, rolePolicy, rolePolicy)).toBe(true)
  const contract = readFileSync(new URL('../../docs/contract.md', import.meta.url), 'utf8')
  const [needs = ''] = contract.match(/^- The sender needs [^.]*/m) ?? []
  const actions = [...needs.matchAll(/`(\w+:\w+)`/g)].map(([, action]) => action)
  expect(rolePolicy.flatMap(({ Action }) => Action).toSorted()).toEqual(actions.toSorted())
})
