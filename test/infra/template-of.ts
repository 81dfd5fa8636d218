import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { BreachResetStack } from '../../infra/breach-reset-stack.ts'
import type { Stage } from '../../infra/stage.ts'
import { type StageName, stages } from '../../infra/stages.ts'

export type Resource = { Properties: Record<string, never>; DeletionPolicy?: string }

/** The template of a stage, with some knobs turned, without bundling. */
export function templateOf(stageName: StageName, knobs: Partial<Stage> = {}): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  const stage: Stage = { ...stages[stageName], ...knobs }
  return Template.fromStack(new BreachResetStack(app, 'Test', { stageName, stage }))
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
