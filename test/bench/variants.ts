import path from 'node:path'
import { build, type Format, type LogLevel } from 'esbuild'
import { codeOf } from '../../infra/functions.ts'

const here = (name: string) => path.join(import.meta.dirname, 'variants', `${name}.ts`)

/**
 * What is compared. `members`: how a run's members are delivered. `many`: in one invocation, far more than are in flight, whom
 * the handler calls through a pool; `in flight`: as many per invocation as shall be in flight, because it calls all at once;
 * `one at a time`: however many there are.
 */
export const VARIANTS = {
  'breach-reset': {
    entry: path.join(import.meta.dirname, '../../functions/require-reset/handler.ts'),
    title: 'functions/require-reset as deployed: ledger, logs, metrics',
    members: 'many',
  },
  'breach-reset-bare': {
    entry: here('breach-reset-bare'),
    title: 'the same without ledger, logs and metrics',
    members: 'many',
  },
  'peer-a': {
    entry: here('peer-a'),
    title: 'Powertools batch, parser, idempotency; stytch SDK; Promise.all',
    members: 'in flight',
  },
  'peer-b': {
    entry: here('peer-b'),
    title: 'Middy; stytch SDK; one member after the other; no ledger',
    members: 'one at a time',
  },
  floor: {
    entry: here('floor'),
    title: 'node:https, JSON.parse and nothing else',
    members: 'many',
  },
} as const satisfies Record<string, Variant>

type Variant = { entry: string; title: string; members: 'many' | 'in flight' | 'one at a time' }
export type VariantName = keyof typeof VARIANTS
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[]

export type Bundles = Record<VariantName, string>

/**
 * Bundles every variant into a folder of its own below `outputDirectory`, with the options by which `cdk deploy` bundles
 * require-reset. Returns the folders; the entry of each is `index.js`. Throws when functions.ts has an option that is not known here.
 */
export async function bundleVariants(outputDirectory: string): Promise<Bundles> {
  const { minify, format, target, externalModules, mainFields, esbuildArgs, logLevel, ...others } =
    codeOf('require-reset').bundling ?? {}
  const unknown = Object.keys(others)
  if (unknown.length > 0)
    throw new Error(`bundle-variants.ts does not know ${unknown.join(', ')} of functions.ts`)
  const folders = Object.entries(VARIANTS).map(async ([name, { entry }]) => {
    const folder = path.join(outputDirectory, name)
    await build({
      entryPoints: [entry],
      outfile: path.join(folder, 'index.js'),
      bundle: true,
      platform: 'node',
      ...(minify !== undefined && { minify }),
      ...(format && { format: format as Format }),
      ...(target && { target }),
      ...(externalModules && { external: externalModules }),
      ...(mainFields && { mainFields }),
      alias: toAlias(esbuildArgs),
      ...(logLevel && { logLevel: logLevel as LogLevel }),
    })
    return [name, folder]
  })
  return Object.fromEntries(await Promise.all(folders))
}

/** `--alias:from` → to, of the arguments that CDK passes to esbuild. */
function toAlias(esbuildArgs: object = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(esbuildArgs).map(([argument, to]) => {
      const [, from] = /^--alias:(.+)$/.exec(argument) ?? []
      if (!from) throw new Error(`bundle-variants.ts does not know ${argument} of functions.ts`)
      return [from, String(to)]
    }),
  )
}
