import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Bundles } from '../bundle-variants.ts'
import { VARIANT_NAMES, type VariantName } from '../variants/variants.ts'

/** Bytes of everything in the bundle's folder, minified, and the same compressed. */
export type BundleResult = { variant: VariantName; minifiedBytes: number; gzipBytes: number }

/** Weighs the bundles. */
export function measureBundles(bundles: Bundles): Promise<BundleResult[]> {
  return Promise.all(
    VARIANT_NAMES.map(async (variant) => {
      const folder = bundles[variant]
      const files = await Promise.all(
        (await readdir(folder)).map((name) => readFile(path.join(folder, name))),
      )
      const zipped = await Promise.all(files.map((file) => promisify(gzip)(file)))
      return { variant, minifiedBytes: sizeOf(files), gzipBytes: sizeOf(zipped) }
    }),
  )
}

function sizeOf(files: readonly Buffer[]): number {
  return files.reduce((sum, { length }) => sum + length, 0)
}
