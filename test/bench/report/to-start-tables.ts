import type { BundleResult } from '../sections/measure-bundles.ts'
import type { ColdStartResult } from '../sections/measure-cold-starts.ts'
import { showSpread, showWhole } from './show.ts'
import { toTable } from './to-table.ts'

/** What a fresh execution environment has to load: the time and the bytes, each with its title before it. */
export function toStartTables(
  coldStarts: readonly ColdStartResult[],
  bundles: readonly BundleResult[],
): string[] {
  return [
    "Cold start, ms since the process began (Node's own start included)",
    toColdStartTable(coldStarts),
    'Bundle, bytes',
    toBundleTable(bundles),
  ]
}

function toColdStartTable(coldStarts: readonly ColdStartResult[]): string {
  return toTable(
    ['variant', 'handler loaded', 'first member reset'],
    coldStarts.map(({ variant, loadedMs, answeredMs }) => [
      variant,
      showSpread(loadedMs),
      showSpread(answeredMs),
    ]),
  )
}

function toBundleTable(bundles: readonly BundleResult[]): string {
  return toTable(
    ['variant', 'minified', 'gzip'],
    bundles.map(({ variant, minifiedBytes, gzipBytes }) => [
      variant,
      showWhole(minifiedBytes),
      showWhole(gzipBytes),
    ]),
  )
}
