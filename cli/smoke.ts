import { openAwsClients } from './aws.ts'
import { checkLocal, checkTarget, findDeployed, type SmokeOptions } from './smoke/target.ts'
import { defineCommand, type FlagValues, UsageError } from './terminal.ts'

const USAGE = `usage: breach-reset smoke --stage NAME [--stack NAME] [--timeout SECONDS] [--json]
       breach-reset smoke --local [--timeout SECONDS] [--json]

Sends a breach event with one made-up address, which exists nowhere, and says what became of it.
  --stage NAME       the deployed stage: stack BreachReset-<stage>, with the AWS CLI's credentials and region
  --stack NAME       the stack, when it is not BreachReset-<stage>
  --local            boots the system on this machine, beside a simulated Stytch
  --timeout SECONDS  how long to wait for the end, 120 unless given
  --json             one object: outcome, code, passed, proves, sentence, ms, event_id

exit code 0: skipped not_a_member: everything is proved, key and password mode too
          1: failed; the sentence says what is wrong
          2: unusable arguments
          3: skipped dry_run: everything that a dry run can prove

  npx breach-reset smoke --stage prod
  npx breach-reset smoke --local --json`

export const SMOKE_FLAGS = {
  stage: { type: 'string' },
  stack: { type: 'string' },
  local: { type: 'boolean', default: false },
  timeout: { type: 'string', default: '120' },
  json: { type: 'boolean', default: false },
} as const

/**
 * Checks a deployed or a local system with one event. Exit code 0 passed, 1 failed, 2 unusable arguments, 3 passed as far as a
 * dry run goes.
 */
export const smoke = defineCommand({
  name: 'smoke',
  usage: USAGE,
  flags: SMOKE_FLAGS,
  parse: parseSmokeOptions,
  run: (options, { stdout }) => {
    const { stackName } = options
    if (stackName === undefined) return checkLocal(options, stdout)
    return checkTarget(stackName, () => findDeployed(stackName, openAwsClients()), options, stdout)
  },
})

/** Parses the arguments of `breach-reset smoke`. Throws a UsageError when they can't be used. */
export function parseSmokeOptions(values: FlagValues<typeof SMOKE_FLAGS>): SmokeOptions {
  const { stage, stack = stage && `BreachReset-${stage}`, local, timeout, json } = values
  if (!/^[1-9]\d{0,3}$/.test(timeout)) throw new UsageError('--timeout: must be whole seconds from 1 to 9999')
  if (local && stack !== undefined) throw new UsageError('--local: not with --stage or --stack')
  if (!local && !stack) throw new UsageError('say what to check: --stage NAME, --stack NAME or --local')
  return { stackName: stack, timeoutMs: Number(timeout) * 1000, json }
}
