import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { App, type Stack, Validations } from 'aws-cdk-lib'
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, describe, expect, it } from 'vitest'
import { BreachResetStack } from '../../infra/breach-reset-stack.ts'
import type { Stage } from '../../infra/stage.ts'
import { everySetting, stages } from '../fixtures/stages.ts'

const EVERYWHERE = [
  ...['LedgerKey AwsSolutions-SMG4', 'StytchSecret AwsSolutions-SMG4'],
  'RehearsedQueue AwsSolutions-SQS3',
]
const VPC = 'AwsSolutions-IAM5[Resource::*]'

const outdir = mkdtempSync(path.join(tmpdir(), 'findings-'))
afterAll(() => rmSync(outdir, { recursive: true }))
const read = (file: string) => JSON.parse(readFileSync(path.join(outdir, file), 'utf8'))

/** Synthesizes with cdk-nag's AwsSolutions and with CDK's own check against CloudFormation's schemas, whose warnings count too. */
function findingsIn(stage: Stage, add: (stack: Stack) => void = () => {}) {
  const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': true }
  const app = new App({ context, outdir })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  add(new BreachResetStack(app, 'Stack', { stageName: 'checked', stage }))
  try {
    app.synth()
  } catch {
    // Findings are in the report.
  }
  const plugins: { pluginName: string; violations: { ruleName: string; description: string }[] }[] =
    read('validation-report.json').pluginReports
  const metadata: Record<string, { type: string; data: Record<string, string> }[]> =
    read('Stack.metadata.json')
  return {
    violations: plugins.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName)),
    acknowledged: Object.entries(metadata).flatMap(([construct, entries]) =>
      entries
        .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
        .flatMap(({ data }) => Object.keys(data))
        .map((rule) => `${path.basename(construct)} ${rule.replace('Annotation::', '')}`),
    ),
  }
}

describe.each<[string, Stage, string[]]>([
  ['dev', stages.dev, EVERYWHERE],
  ['prod', stages.prod, EVERYWHERE],
  [
    'a stage with every setting',
    everySetting,
    [
      ...[...EVERYWHERE, 'Quota AwsSolutions-DDB3'],
      ...[`FanOutRole ${VPC}`, `RequireResetRole ${VPC}`, `EndSessionsRole ${VPC}`],
    ],
  ],
])('the template of %s', (_, stage, allowed) => {
  const { violations, acknowledged } = findingsIn(stage)

  it("passes cdk-nag's AwsSolutions and CloudFormation's schemas", () => {
    expect(violations).toEqual([])
  })

  it('acknowledges exactly these findings', () => {
    expect(acknowledged.toSorted()).toEqual(allowed.toSorted())
  })
})

it('would fail on a resource that breaks a rule of either', () => {
  const { violations } = findingsIn(stages.prod, (stack) => {
    new Queue(stack, 'Unencrypted')
    new CfnQueue(stack, 'Unknown', { visibilityTimeout: 50_000 })
  })
  expect(violations).toEqual(expect.arrayContaining(['AwsSolutions-SQS4', 'F3034']))
})
