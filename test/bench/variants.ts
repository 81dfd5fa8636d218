import path from 'node:path'
import { build, type Format, type LogLevel } from 'esbuild'
import { codeOf } from '../../infra/functions.ts'

const entryOf = (name: string) => path.join(import.meta.dirname, 'variants', `${name}.ts`)

/**
 * What is compared. `members` says how the members of a run are delivered. `many`: in one invocation, far more than the calls in
 * flight, which the handler limits; `in flight`: as many per invocation as calls are to be in flight, because the handler makes
 * them all at once; `one at a time`: any number, because the handler never has more than one call in flight.
 */
export const VARIANTS = {
  'breach-reset': {
    entry: path.join(import.meta.dirname, '../../functions/require-reset/handler.ts'),
    title: 'functions/require-reset as deployed: ledger, logs, metrics',
    members: 'many',
  },
  'breach-reset-bare': {
    entry: entryOf('breach-reset-bare'),
    title: 'the same without ledger, logs and metrics',
    members: 'many',
  },
  'peer-a': {
    entry: entryOf('peer-a'),
    title: 'Powertools batch, parser, idempotency; stytch SDK; Promise.all',
    members: 'in flight',
  },
  'peer-b': {
    entry: entryOf('peer-b'),
    title: 'Middy; stytch SDK; one member after the other; no ledger',
    members: 'one at a time',
  },
  floor: {
    entry: entryOf('floor'),
    title: 'node:https, JSON.parse and nothing else',
    members: 'many',
  },
} as const satisfies Record<string, Variant>

type Variant = { entry: string; title: string; members: 'many' | 'in flight' | 'one at a time' }
export type VariantName = keyof typeof VARIANTS
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[]

/** The folder of each variant's bundle. */
export type Bundles = Record<VariantName, string>

/**
 * Bundles every variant into its own folder below `outputDirectory`, with the options that `cdk deploy` uses for require-reset.
 * The entry of each bundle is `index.js`. Throws when infra/functions.ts sets an option that is not handled here.
 */
export async function bundleVariants(outputDirectory: string): Promise<Bundles> {
  const { minify, format, target, externalModules, mainFields, esbuildArgs, logLevel, ...others } =
    codeOf('require-reset').bundling ?? {}
  const unknown = Object.keys(others)
  if (unknown.length > 0)
    throw new Error(`test/bench/variants.ts does not handle ${unknown.join(', ')} of infra/functions.ts`)
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

/** The aliases among the arguments that CDK passes to esbuild: `{ "--alias:from": to }` as `{ from: to }`. */
function toAlias(esbuildArgs: object = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(esbuildArgs).map(([argument, to]) => {
      const [, from] = /^--alias:(.+)$/.exec(argument) ?? []
      if (!from) throw new Error(`test/bench/variants.ts does not handle ${argument} of infra/functions.ts`)
      return [from, String(to)]
    }),
  )
}
