import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { Duration } from 'aws-cdk-lib/core'
import { expect, it } from 'vitest'
import { chooseStage } from '../../infra/choose-stage.ts'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { toStage } from '../../infra/stage.ts'
import { everySetting } from '../fixtures/stages.ts'
import { synthesize } from '../infra/template-of.ts'
import { jsonBlocksOf } from './pages.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const linesOf = (text: string) => text.split('\n').map((line) => line.trim())

it('shows lines of an app that is synthesized by a test, and no others', () => {
  const [, section = ''] = read('docs/deploy.md').split('\n## In your own CDK app\n')
  const [ofSection = ''] = section.split('\n## ')
  const blocks = [...ofSection.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const app = linesOf(read('test/infra/consumer/app.ts'))
  expect(blocks).toHaveLength(2)
  expect(blocks.flatMap(linesOf).filter((line) => !app.includes(line))).toEqual([])
})

it('shows a stage that works, and belongs to an account and a region', () => {
  const [, block = ''] = read('docs/deploy.md').match(/^```ts\n(prod: [\s\S]*?)```$/m) ?? []
  const { stage, env } = chooseStage(runInNewContext(`({ ${block} })`, { Duration }), 'prod', {})
  expect(() => deriveSettings(toStage(stage))).not.toThrow()
  expect(Object.keys(env)).toEqual(['account', 'region'])
})

it('names every setting that the shipped stages set', () => {
  const page = read('docs/deploy.md')
  const settings = [...read('infra/stages.ts').matchAll(/^ {4}(\w+):/gm)].map(([, setting]) => setting)
  expect(settings.length).toBeGreaterThan(5)
  expect(settings.filter((setting) => !page.includes(`\`${setting}\``))).toEqual([])
})

it('shows what a permissions boundary must allow: every action of a stage with every setting, and no other', () => {
  const policies = synthesize('every-setting', everySetting).findResources('AWS::IAM::Policy')
  const statements: { Effect: string; Action: string | string[] }[] = Object.values(policies).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  )
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)
  const block = jsonBlocksOf('docs/deploy.md').find((text) => text.includes('"events:PutEvents"')) ?? '{}'
  expect(JSON.parse(block).Action).toEqual([...new Set(allowed)].sort())
})
