import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type * as z from 'zod'
import type { Stage } from '../stage.ts'

/** The part of a CloudFormation template that the local system reads. */
export type Template = { Resources: Record<string, { Type: string; Properties?: unknown }> }

export type Resolver = {
  /** Sets what `Ref` and `Fn::GetAtt` of a resource return, now that it exists. */
  define(logicalId: string, values: { ref: string; attributes?: Record<string, string> }): void
  /** Replaces the intrinsic functions in a template value. Throws for a resource that does not exist yet. */
  resolve(value: unknown): unknown
}

/** Resolves Ref, Fn::GetAtt and Fn::Join to the resources of the local system. Leaves other intrinsic functions as they are. */
export function createResolver(): Resolver {
  const defined = new Map<string, { ref: string; attributes?: Record<string, string> }>()

  function lookUp(logicalId: unknown, attribute?: unknown): string {
    const resource = defined.get(String(logicalId))
    const value = attribute === undefined ? resource?.ref : resource?.attributes?.[String(attribute)]
    if (value === undefined)
      throw new Error(`the template refers to ${logicalId}, which does not exist locally`)
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
 * `ignored` names the properties that make no difference here, in addition to tags. Any other property that the schema does not
 * have throws: the local system must not quietly do less than the deployed one.
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
 * The environment variable that names a folder in which synthesized stages are kept for later calls, also of other processes.
 * Set it only for as long as the code that is synthesized stays the same, such as one run of the tests.
 */
export const KEPT_STAGES = 'BREACH_RESET_KEPT_STAGES'

/**
 * Synthesizes the CDK app for one stage into `outputDirectory`, with its bundles: what `cdk deploy` would upload.
 * The directory must be empty, and outside the repository, whose package.json would turn the CommonJS bundles into ES modules.
 */
export async function synthesizeStage(
  stageName: string,
  stage: Stage,
  outputDirectory: string,
): Promise<Synthesized> {
  const store = process.env[KEPT_STAGES]
  const make = () => synthesize(stageName, stage, outputDirectory)
  if (store) await makeOnce(path.join(store, await hashOf(stageName, stage)), outputDirectory, make)
  else await make()
  const template = path.join(outputDirectory, `BreachReset-${stageName}.template.json`)
  return {
    template: JSON.parse(await readFile(template, 'utf8')),
    assetDirectory: (s3Key) => path.join(outputDirectory, `asset.${path.parse(s3Key).name}`),
  }
}

/** The CDK is loaded only here: that takes longer than the rest of a boot. */
async function synthesize(stageName: string, stage: Stage, outdir: string): Promise<void> {
  const { App } = await import('aws-cdk-lib')
  const { BreachResetStack } = await import('../breach-reset-stack.ts')
  // CDK's own validation of the template takes most of the time, and `cdk synth` does it.
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false })
  new BreachResetStack(app, `BreachReset-${stageName}`, { stageName, stage })
  app.synth()
}

/**
 * Fills `folder` with a copy of `kept`, or, if there is no such folder yet, by `make`, and keeps a copy.
 * When several processes do so at once, the first one's copy stays.
 */
export async function makeOnce(kept: string, folder: string, make: () => Promise<void>): Promise<void> {
  if (existsSync(kept)) return cp(kept, folder, { recursive: true })
  await make()
  const copy = await mkdtemp(`${kept}-`)
  await cp(folder, copy, { recursive: true })
  await rename(copy, kept).catch(() => rm(copy, { recursive: true }))
}

const ROOT = path.join(import.meta.dirname, '../..')
const SOURCES = ['functions', 'lib', 'infra', 'package-lock.json', 'tsconfig.json']

/** A hash of the stage and of all that goes into its template and bundles. */
async function hashOf(stageName: string, stage: Stage): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([stageName, stage]))
  for (const source of SOURCES) {
    for (const file of (await filesOf(source)).sort()) hash.update(`\n${file}\n`).update(await readFile(file))
  }
  return hash.digest('hex')
}

/** The files of a folder of the repository, or the one file. */
async function filesOf(source: string): Promise<string[]> {
  const start = path.join(ROOT, source)
  if ((await stat(start)).isFile()) return [start]
  const entries = await readdir(start, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name))
}
