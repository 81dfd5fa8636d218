import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { BreachResetStack } from '../../infra/breach-reset-stack.ts'
import type { Stage } from '../../infra/stage.ts'
import { type StageName, stages } from '../fixtures/stages.ts'

export type Resource = { Properties: Record<string, never>; DeletionPolicy?: string }

/** The template of a stage for tests, with some settings changed. */
export function templateOf(stageName: StageName, settings: Partial<Stage> = {}): Template {
  return synthesize(stageName, { ...stages[stageName], ...settings })
}

const synthesized = new Map<string, Template>()

/** The template of any stage. Functions are not bundled, and nothing is validated; a stage is synthesized once per test file. */
export function synthesize(stageName: string, stage: Stage): Template {
  const key = JSON.stringify([stageName, stage])
  const template = synthesized.get(key) ?? Template.fromStack(createStack(stageName, stage))
  synthesized.set(key, template)
  return template
}

function createStack(stageName: string, stage: Stage): BreachResetStack {
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [] },
    // Takes seconds; acknowledged-findings.test.ts validates.
    builtinCloudFormationValidation: false,
  })
  return new BreachResetStack(app, 'Test', { stageName, stage })
}

/** The one resource of a type whose construct id begins with `prefix`, as [logical id, resource]. */
export function findResource(template: Template, type: string, prefix: string): [string, Resource] {
  const resources = Object.entries(template.findResources(type)) as [string, Resource][]
  const found = resources.find(([logicalId]) => logicalId.startsWith(prefix))
  if (!found) throw new Error(`the template has no ${type} ${prefix}`)
  return found
}

/** A value with each reference to a resource replaced by the resource's construct id: `ResetQueue.Arn`. */
export function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named)
  if (typeof value !== 'object' || value === null) return value
  const name = (logicalId: string) => logicalId.replace(/[0-9A-F]{8}$/, '')
  if ('Ref' in value) return name(String(value.Ref))
  if ('Fn::GetAtt' in value) {
    const [logicalId = '', attribute] = value['Fn::GetAtt'] as string[]
    return `${name(logicalId)}.${attribute}`
  }
  if ('Fn::Join' in value) {
    const [separator, parts] = named(value['Fn::Join']) as [string, unknown[]]
    if (parts.every((part) => typeof part === 'string')) return parts.join(separator)
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, named(inner)]))
}

/** The environment variables of the functions: fan-out, require-reset and, if the stage has it, end-sessions. */
export function variablesIn(template: Template): Record<string, string>[] {
  return Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => named(Properties.Environment.Variables) as Record<string, string>,
  )
}

export type Statement = {
  Sid?: string
  Effect: string
  Principal?: unknown
  Action: string | string[]
  Resource: string
  Condition?: unknown
}

/** The statements of the policy whose construct id begins with `prefix`; of a key, those of its own policy. */
export function statementsIn(template: Template, type: string, prefix: string): Statement[] {
  const [, { Properties }] = findResource(template, type, prefix)
  const { PolicyDocument, KeyPolicy = PolicyDocument } = Properties as Record<
    string,
    { Statement: Statement[] }
  >
  return named(KeyPolicy?.Statement) as Statement[]
}
