import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { untilInterrupted } from '../../cli/terminal.ts'
import { createKeep, type Keep, startBench } from './bench.ts'
import { drawChart } from './chart.ts'
import { measureBundles, measureColdStarts, measureHandlers } from './measure-variants.ts'
import { type BenchOptions, benchBy, fullScale, quickScale } from './options.ts'
import { priceHandlers } from './prices.ts'
import { type BenchResult, type Machine, toReport } from './report.ts'
import { measureStack } from './stack/measure-stack.ts'
import { toStackTables } from './stack/report.ts'
import { judgeTargets } from './targets.ts'

/** `npm run bench`. Progress goes to stderr: stdout holds the result and nothing else. */
const bench = benchBy((options) => {
  const { keep, stopAll } = createKeep()
  return untilInterrupted(stopAll, async () => {
    process.stdout.write(`${await run(keep, options)}\n`)
    return 0
  })
})
process.exit(await bench(process.argv.slice(2)))

/** Measures what was asked for. Returns the text for stdout. */
async function run(keep: Keep, options: BenchOptions): Promise<string> {
  const toJson = (result: unknown) => JSON.stringify(result, undefined, 2)
  if (options.stack) {
    const stack = await measureStack(keep, options.stack, say)
    return options.json ? toJson(stack) : toStackTables(stack).join('\n\n')
  }
  const result = await measureAll(keep, options)
  if (options.chart !== undefined) await writeFile(options.chart, drawChart(result))
  return options.json ? toJson(result) : toReport(result)
}

/** The handlers share one set of bundles and one server; the whole system boots its own. */
async function measureAll(keep: Keep, { quick, rounds }: BenchOptions): Promise<BenchResult> {
  const bench = await keep(startBench(keep))
  const startedMs = performance.now()
  const scale = quick ? quickScale(rounds) : fullScale(rounds)
  say('Cold starts')
  const coldStarts = await measureColdStarts(bench, scale)
  const handlers = await measureHandlers(bench, scale, say)
  const bundles = await measureBundles(bench.bundles)
  const stack = await measureStack(keep, scale.stack, say)
  const measured = { handlers, coldStarts, bundles, prices: priceHandlers(handlers), stack }
  const seconds = (performance.now() - startedMs) / 1000
  return { machine: describeMachine(), rounds, seconds, ...measured, targets: judgeTargets(measured) }
}

function say(text: string): void {
  process.stderr.write(`${text} ...\n`)
}

function describeMachine(): Machine {
  const cores = cpus()
  return { node: process.version, cpu: cores[0]?.model.trim() ?? 'unknown', cores: cores.length }
}
