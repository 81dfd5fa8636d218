import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Stage } from '../stage.ts'
import { localStage } from './local-stage.ts'
import type { Template } from './template.ts'

export type Synthesized = { template: Template; assetDirectory: (s3Key: string) => string }

/**
 * The environment variable that names a folder in which synthesized stages and bundles are kept for later calls, also of other
 * processes. Set it only for as long as the code that is synthesized stays the same, such as one run of the tests.
 */
export const KEPT_STAGES = 'BREACH_RESET_KEPT_STAGES'

/**
 * Synthesizes the CDK app for one stage into `outputDirectory`, with its bundles: what `cdk deploy` would upload.
 * The directory must be empty, and outside the repository, whose package.json would turn the CommonJS bundles into ES modules.
 * Rejects when `signal` is aborted before the functions are bundled.
 */
export async function synthesizeStage(
  stageName: string,
  stage: Stage,
  outputDirectory: string,
  signal?: AbortSignal,
): Promise<Synthesized> {
  const store = process.env[KEPT_STAGES]
  if (store) await cp(await keptStage(store, stageName, stage), outputDirectory, { recursive: true })
  else await synthesize(stageName, stage, outputDirectory, { signal })
  return readStage(stageName, outputDirectory)
}

/** Bundles each function as `cdk deploy` would into the folder of `target` that has its name: `require-reset` and so on. */
export async function bundleFunctions(target: string): Promise<void> {
  const store = process.env[KEPT_STAGES]
  if (store) await cp(await keptBundles(store, await hashOfSources()), target, { recursive: true })
  else await bundle(target)
}

async function bundle(target: string): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bundles-'))
  try {
    await synthesize('local', localStage, directory)
    const { template, assetDirectory } = await readStage('local', directory)
    for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue
      const { Code } = Properties as { Code: { S3Key: string } }
      await cp(assetDirectory(Code.S3Key), path.join(target, folderOf(logicalId)), { recursive: true })
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Where the source of a function is: `RequireReset` and CDK's hash are `require-reset`. */
function folderOf(logicalId: string): string {
  const words = logicalId.replace(/[0-9A-F]{8}$/, '').split(/(?=[A-Z])/)
  return words.join('-').toLowerCase()
}

/** The CDK is loaded only here: that takes longer than the rest of a boot. `bundles` is a folder with bundles made before. */
async function synthesize(
  stageName: string,
  stage: Stage,
  outdir: string,
  { bundles, signal }: { bundles?: string; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { App } = await import('aws-cdk-lib')
  const { BreachResetStack } = await import('../breach-reset-stack.ts')
  const { BUNDLES_CONTEXT } = await import('../functions.ts')
  // From here on a signal is seen only when all functions are bundled, unless it ends esbuild, too. Loading took long: one that came
  // meanwhile is seen in the second turn of the event loop.
  await nextTurn()
  await nextTurn()
  signal?.throwIfAborted()
  const app = new App({
    outdir,
    analyticsReporting: false,
    // CDK's own validation of the template takes most of the time, and `cdk synth` does it.
    builtinCloudFormationValidation: false,
    context: { [BUNDLES_CONTEXT]: bundles },
  })
  new BreachResetStack(app, `BreachReset-${stageName}`, { stageName, stage })
  app.synth()
}

async function readStage(stageName: string, directory: string): Promise<Synthesized> {
  const template = path.join(directory, `BreachReset-${stageName}.template.json`)
  return {
    template: JSON.parse(await readFile(template, 'utf8')),
    assetDirectory: (s3Key) => path.join(directory, `asset.${path.parse(s3Key).name}`),
  }
}

/** The folder in which a stage is kept. The stages share their bundles. */
async function keptStage(store: string, stageName: string, stage: Stage): Promise<string> {
  const sources = await hashOfSources()
  const kept = createHash('sha256')
    .update(JSON.stringify([stageName, stage]))
    .update(sources)
    .digest('hex')
  return makeOnce(path.join(store, kept), async (folder) => {
    await synthesize(stageName, stage, folder, { bundles: await keptBundles(store, sources) })
  })
}

function keptBundles(store: string, sources: string): Promise<string> {
  return makeOnce(path.join(store, `bundles-${sources}`), bundle)
}

/** `kept`, a folder that `make` has filled, once: when several processes do so at the same time, the first one's stays. */
export async function makeOnce(kept: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(kept)) return kept
  const folder = await mkdtemp(`${kept}-`)
  await make(folder)
  await rename(folder, kept).catch(() => rm(folder, { recursive: true }))
  return kept
}

const ROOT = path.join(import.meta.dirname, '../..')
const SOURCES = ['functions', 'lib', 'infra', 'package-lock.json', 'tsconfig.json']

/** A hash of all that goes into a template and its bundles, apart from the stage. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
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
