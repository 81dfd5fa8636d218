import path from 'node:path'
import { App } from 'aws-cdk-lib'
import type * as z from 'zod'
import { BreachResetStack } from '../breach-reset-stack.ts'
import type { Stage } from '../stage.ts'

/** The part of a CloudFormation template that the local system reads. */
export type Template = { Resources: Record<string, { Type: string; Properties?: unknown }> }

export type Resolver = {
  /** Says what `Ref` and `Fn::GetAtt` of a resource that exists now mean. */
  define(logicalId: string, values: { ref: string; attributes?: Record<string, string> }): void
  /** Replaces the intrinsic functions in a template value. Throws on a resource that does not exist yet. */
  resolve(value: unknown): unknown
}

/** Resolves Ref, Fn::GetAtt and Fn::Join against the resources of the local system; other intrinsic functions stay as they are. */
export function createResolver(): Resolver {
  const defined = new Map<string, { ref: string; attributes?: Record<string, string> }>()

  function lookUp(logicalId: unknown, attribute?: unknown): string {
    const resource = defined.get(String(logicalId))
    const value = attribute === undefined ? resource?.ref : resource?.attributes?.[String(attribute)]
    if (value === undefined)
      throw new Error(`the template refers to ${logicalId}, which is not there locally`)
    return value
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const [name, argument] = entries[0] ?? []
    if (entries.length === 1 && name === 'Ref') return lookUp(argument)
    if (entries.length === 1 && name === 'Fn::GetAtt') return lookUp(argument[0], argument[1])
    if (entries.length === 1 && name === 'Fn::Join')
      return (resolve(argument[1]) as string[]).join(argument[0])
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]))
  }

  return { define: (logicalId, values) => void defined.set(logicalId, values), resolve }
}

/**
 * The resources of one type with their resolved properties, checked: [logical id, properties].
 * `ignored` names the properties that make no difference here, as tags never do. Any other that the schema does not know throws:
 * the local system must not quietly do less than the deployed one.
 */
export function resourcesOf<Shape extends z.ZodRawShape>(
  template: Template,
  resolver: Resolver,
  type: string,
  schema: z.ZodObject<Shape>,
  ignored: readonly string[] = [],
): [logicalId: string, properties: z.infer<typeof schema>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => {
      const present = Object.entries(resource.Properties ?? {}).filter(
        ([name]) => name !== 'Tags' && !ignored.includes(name),
      )
      const unknown = present.map(([name]) => name).filter((name) => !(name in schema.shape))
      if (unknown.length > 0)
        throw new Error(`${logicalId}: the local system does not know ${unknown.join(', ')}`)
      return [logicalId, schema.parse(resolver.resolve(Object.fromEntries(present)))]
    })
}

export type Synthesized = { template: Template; assetDirectory: (s3Key: string) => string }

/**
 * Synthesizes the CDK app for one stage into `outputDirectory`, bundles included: what `cdk deploy` would upload.
 * The directory must lie outside the repository, whose package.json would turn the CommonJS bundles into ES modules.
 */
export function synthesizeStage(stageName: string, stage: Stage, outputDirectory: string): Synthesized {
  const app = new App({ outdir: outputDirectory, analyticsReporting: false })
  const stack = new BreachResetStack(app, `BreachReset-${stageName}`, { stageName, stage })
  const { template } = app.synth().getStackByName(stack.stackName)
  return {
    template,
    assetDirectory: (s3Key) => path.join(outputDirectory, `asset.${path.parse(s3Key).name}`),
  }
}
