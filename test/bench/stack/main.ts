import { untilInterrupted } from '../../../cli/terminal.ts'
import { createKeep } from '../bench.ts'
import { measureStack } from './measure-stack.ts'
import { parseOptions } from './parse-options.ts'
import { toStackTables } from './report.ts'

const USAGE =
  'usage: node test/bench/stack/main.ts [--json] [--stage dev|prod|local] [--latency MS] [--part event|giant|stream|peers]'

const options = parseOptions(process.argv.slice(2))
if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const { keep, stopAll } = createKeep()
  const say = (text: string) => void process.stderr.write(`${text} ...\n`)
  process.exit(
    await untilInterrupted(stopAll, async () => {
      const result = await measureStack(keep, options, say)
      process.stdout.write(
        `${options.json ? JSON.stringify(result, undefined, 2) : toStackTables(result).join('\n\n')}\n`,
      )
      return 0
    }),
  )
}
