import { writeFile } from 'node:fs/promises'
import { untilInterrupted } from '../../cli/terminal.ts'
import { type Bench, createKeep, type Keep, startBench } from './bench.ts'
import { drawChart } from './chart.ts'
import { measureBundles, measureColdStarts, measureHandlers } from './measure-variants.ts'
import { type BenchOptions, fullScale, parseOptions, quickScale } from './options.ts'
import { priceHandlers } from './prices.ts'
import { describeMachine } from './report/describe-machine.ts'
import { toReport } from './report.ts'
import { measureStack } from './stack/measure-stack.ts'
import { type BenchResult, judgeTargets } from './targets.ts'

const USAGE = 'usage: npm run bench -- [--json] [--quick] [--rounds N] [--chart FILE]'

/** Progress goes to stderr: stdout holds the result and nothing else. */
const say = (text: string) => process.stderr.write(`${text}\n`)

/** The handlers run on one set of bundles and one server; the whole system boots its own. */
async function measure(bench: Bench, { quick, rounds }: BenchOptions, keep: Keep): Promise<BenchResult> {
  const startedMs = performance.now()
  const scale = quick ? quickScale(rounds) : fullScale(rounds)
  say('Cold starts ...')
  const coldStarts = await measureColdStarts(bench, scale)
  const handlers = await measureHandlers(bench, scale, say)
  const bundles = await measureBundles(bench.bundles)
  const stack = await measureStack(keep, scale.stack, (text) => say(`${text} ...`))
  const measured = { handlers, coldStarts, bundles, prices: priceHandlers(handlers), stack }
  const seconds = (performance.now() - startedMs) / 1000
  return { machine: describeMachine(), rounds, seconds, ...measured, targets: judgeTargets(measured) }
}

async function run(booting: Promise<Bench>, options: BenchOptions, keep: Keep): Promise<number> {
  const result = await measure(await booting, options, keep)
  process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : toReport(result)}\n`)
  if (options.chart !== undefined) await writeFile(options.chart, drawChart(result))
  return 0
}

const options = parseOptions(process.argv.slice(2))
if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const { keep, stopAll } = createKeep()
  const booting = keep(startBench())
  process.exit(await untilInterrupted(stopAll, () => run(booting, options, keep)))
}
