import { writeFile } from 'node:fs/promises'
import { untilInterrupted } from '../../cli/start/until-interrupted.ts'
import { drawChart } from './chart/draw-chart.ts'
import { type BenchOptions, parseOptions } from './parse-options.ts'
import type { BenchResult } from './report/bench-result.ts'
import { describeMachine } from './report/describe-machine.ts'
import { judgeTargets } from './report/judge-targets.ts'
import { toReport } from './report/to-report.ts'
import { fullScale, quickScale } from './scale.ts'
import { measureBundles } from './sections/measure-bundles.ts'
import { measureColdStarts } from './sections/measure-cold-starts.ts'
import { measureHandlers } from './sections/measure-handlers.ts'
import { priceHandlers } from './sections/price-handlers.ts'
import { type Bench, startBench } from './start-bench.ts'

const USAGE = 'usage: npm run bench -- [--json] [--quick] [--rounds N] [--chart FILE]'

/** Progress goes to stderr: stdout holds the result and nothing else. */
const say = (text: string) => process.stderr.write(`${text}\n`)

/** Runs every section on one set of bundles and one server. */
async function measure(bench: Bench, { quick, rounds }: BenchOptions): Promise<BenchResult> {
  const startedMs = performance.now()
  const scale = quick ? quickScale(rounds) : fullScale(rounds)
  say('Cold starts ...')
  const coldStarts = await measureColdStarts(bench, scale)
  const handlers = await measureHandlers(bench, scale, say)
  const bundles = await measureBundles(bench.bundles)
  const measured = { handlers, coldStarts, bundles, prices: priceHandlers(handlers) }
  const seconds = (performance.now() - startedMs) / 1000
  return { machine: describeMachine(), rounds, seconds, ...measured, targets: judgeTargets(measured) }
}

async function run(booting: Promise<Bench>, options: BenchOptions): Promise<number> {
  const result = await measure(await booting, options)
  process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : toReport(result)}\n`)
  if (options.chart !== undefined) await writeFile(options.chart, drawChart(result))
  return 0
}

const options = parseOptions(process.argv.slice(2))
if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const booting = startBench()
  const cleanUp = () =>
    booting.then(
      (bench) => bench.stop(),
      () => {},
    )
  process.exit(await untilInterrupted(cleanUp, () => run(booting, options)))
}
