import { withRunner } from '../runner/with-runner.ts'
import type { Scale } from '../scale.ts'
import type { Bench } from '../start-bench.ts'
import { type Spread, toSpread } from '../to-spread.ts'
import { rotate } from '../variants/rotate.ts'
import { VARIANT_NAMES, type VariantName } from '../variants/variants.ts'

/** ms since the process began, Node's own start included, until the handler was loaded, and until a call with one member had returned. */
export type ColdStartResult = { variant: VariantName; loadedMs: Spread; answeredMs: Spread }

/** Starts a fresh process of every variant, `coldStarts` times; Stytch answers at once. */
export async function measureColdStarts(
  bench: Bench,
  { coldStarts }: Pick<Scale, 'coldStarts'>,
): Promise<ColdStartResult[]> {
  await bench.server.setLatency(0)
  const firstCalls = VARIANT_NAMES.map((variant) => ({
    variant,
    loaded: [] as number[],
    answered: [] as number[],
  }))
  for (let round = 0; round < coldStarts; round++) {
    for (const { variant, loaded, answered } of rotate(firstCalls, round)) {
      const { loadedMs, answeredMs } = await withRunner(bench, variant, 1, async ({ firstCall }) => firstCall)
      loaded.push(loadedMs)
      answered.push(answeredMs)
    }
  }
  return firstCalls.map(({ variant, loaded, answered }) => ({
    variant,
    loadedMs: toSpread(loaded),
    answeredMs: toSpread(answered),
  }))
}
