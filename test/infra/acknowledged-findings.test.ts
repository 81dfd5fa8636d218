import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
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

const STAGES: Record<string, { stage: Stage; allowed: string[] }> = {
  dev: { stage: stages.dev, allowed: EVERYWHERE },
  prod: { stage: stages.prod, allowed: EVERYWHERE },
  'every-setting': {
    stage: everySetting,
    allowed: [
      ...[...EVERYWHERE, 'Quota AwsSolutions-DDB3'],
      ...[`FanOutRole ${VPC}`, `RequireResetRole ${VPC}`, `EndSessionsRole ${VPC}`],
    ],
  },
}

const outdir = mkdtempSync(path.join(tmpdir(), 'findings-'))
afterAll(() => rmSync(outdir, { recursive: true }))
const read = (file: string) => JSON.parse(readFileSync(path.join(outdir, file), 'utf8'))

/**
 * Synthesizes all in one app, with cdk-nag's AwsSolutions and with CDK's own check against CloudFormation's schemas, which takes seconds to
 * start and whose warnings count too. Returns the rules that are broken, each after the construct that breaks it.
 */
function findViolations(): string[] {
  const context = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': true }
  const app = new App({ context, outdir })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  for (const [name, { stage }] of Object.entries(STAGES))
    new BreachResetStack(app, name, { stageName: name, stage })
  const broken = new BreachResetStack(app, 'broken', { stageName: 'broken', stage: stages.prod })
  new Queue(broken, 'Unencrypted')
  new CfnQueue(broken, 'Unknown', { visibilityTimeout: 50_000 })
  try {
    app.synth()
  } catch {
    // Findings are in the report.
  }
  type Violation = { ruleName: string; violatingConstructs: { constructPath?: string }[] }
  const reports: { violations: Violation[] }[] = read('validation-report.json').pluginReports
  return reports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      (violatingConstructs.length > 0 ? violatingConstructs : [{}]).map(
        ({ constructPath = 'somewhere' }: { constructPath?: string }) => `${constructPath} ${ruleName}`,
      ),
    ),
  )
}

function findAcknowledged(stack: string): string[] {
  const metadata: Record<string, { type: string; data: Record<string, string> }[]> = read(
    `${stack}.metadata.json`,
  )
  return Object.entries(metadata).flatMap(([construct, entries]) =>
    entries
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.keys(data))
      .map((rule) => `${path.basename(construct)} ${rule.replace('Annotation::', '')}`),
  )
}

describe("cdk-nag's AwsSolutions and CloudFormation's schemas", () => {
  const violations = findViolations()

  it('are kept by every stage', () => {
    expect(violations.filter((violation) => !violation.startsWith('broken/'))).toEqual([])
  })

  it('find a resource that breaks a rule of either', () => {
    const broken = ['broken/Unencrypted/Resource AwsSolutions-SQS4', 'broken/Unknown F3034']
    expect(violations).toEqual(expect.arrayContaining(broken))
  })

  it.each(Object.entries(STAGES))('are acknowledged by %s in exactly these findings', (name, { allowed }) => {
    expect(findAcknowledged(name).toSorted()).toEqual(allowed.toSorted())
  })
})
