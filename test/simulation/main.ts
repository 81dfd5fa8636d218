import { huntAll } from './bugs/hunt.ts'
import { measureOutage } from './outage/outage.ts'
import { parseOptions } from './parse-options.ts'
import { simulate } from './report/run.ts'

const USAGE = 'usage: npm run simulate -- [--seeds N] [--first-seed N] [--bug NAME] | --bugs | --outage'

const options = parseOptions(process.argv.slice(2))
if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const say = (text: string) => process.stdout.write(`${text}\n`)
  const run = options.bugs ? huntAll(say) : options.outage ? measureOutage(say) : simulate(options, say)
  process.exitCode = (await run) ? 0 : 1
}
