import path from 'node:path'
import { build, type Format, type LogLevel } from 'esbuild'
import { codeOf } from '../../infra/functions.ts'
import { VARIANTS, type VariantName } from './variants/variants.ts'

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
