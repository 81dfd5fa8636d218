import { openAwsClients } from './aws.ts'
import { parseSmokeOptions, SMOKE_USAGE } from './smoke/parse-smoke-options.ts'
import { checkLocal, checkTarget, findDeployed } from './smoke/target.ts'
import { refuse } from './terminal.ts'

/** Checks a deployed or a local system with one event. Returns the exit code: 0 passed, 1 failed, 2 unusable arguments, 3 as far as a dry run goes. */
export async function smoke(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${SMOKE_USAGE}\n`)
    return 0
  }
  const options = parseSmokeOptions(args)
  if ('wrong' in options) return refuse(`${options.wrong}\n${SMOKE_USAGE}`)
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  const { stackName } = options
  if (stackName === undefined) return checkLocal(options, say)
  return checkTarget(stackName, () => findDeployed(stackName, openAwsClients()), options, say)
}
