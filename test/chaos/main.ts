import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { refuse } from '../../cli/terminal.ts'
import { type ChaosOptions, runChaos } from './run.ts'

const USAGE = 'usage: npm run chaos -- [--seconds N] [--seed N] [--members N] [--json]'

/** Exit code: 0 every promise was kept, 1 not, 2 unusable arguments. */
const options = parseOptions(process.argv.slice(2))
process.exit(options ? await runChaos(options) : refuse(USAGE))

/** Parses the command-line arguments. Returns undefined when they can't be used. */
function parseOptions(args: readonly string[]): ChaosOptions | undefined {
  const option = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ seconds: option(20), seed: option(randomInt(1_000_000)), members: option(500) },
        json: { type: 'boolean', default: false },
      },
    })
    const [seconds = 0, seed = 0, members = 0] = [values.seconds, values.seed, values.members].map(Number)
    const areUsable = [seconds, members, seed + 1].every((value) => Number.isSafeInteger(value) && value > 0)
    return areUsable ? { seconds, seed, members, json: values.json } : undefined
  } catch {
    return undefined
  }
}
