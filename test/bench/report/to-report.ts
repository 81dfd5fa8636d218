import { toStackTables } from '../stack/report/to-stack-tables.ts'
import { VARIANTS } from '../variants/variants.ts'
import type { BenchResult } from './bench-result.ts'
import type { Target } from './judge-targets.ts'
import { toHandlerTables } from './to-handler-tables.ts'
import { toPriceTables } from './to-price-tables.ts'
import { toStartTables } from './to-start-tables.ts'
import { toTable } from './to-table.ts'

/** The printed result: a table per question, then the targets. At most 100 columns. */
export function toReport(result: BenchResult): string {
  const { machine, rounds, seconds, handlers, coldStarts, bundles, prices, stack, targets } = result
  return [
    'What is compared',
    Object.entries(VARIANTS)
      .map(([name, { title }]) => `  ${name.padEnd(17)}  ${title}`)
      .join('\n'),
    ...toHandlerTables(handlers, rounds),
    ...toStartTables(coldStarts, bundles),
    ...toPriceTables(prices),
    ...toStackTables(stack),
    'Targets',
    toTargetTable(targets),
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}; it took ${Math.round(seconds)} s.`,
  ].join('\n\n')
}

function toTargetTable(targets: readonly Target[]): string {
  return toTable(
    ['ratio', 'measured', 'target', ''],
    targets.map(({ name, ratio, atLeast, atMost, met }) => [
      name,
      ratio.toFixed(2),
      atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`,
      met ? 'met' : 'NOT MET',
    ]),
  )
}
