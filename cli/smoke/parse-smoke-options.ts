import { parseArgs } from 'node:util'
import { explainArguments } from '../terminal.ts'

export const SMOKE_USAGE = `usage: breach-reset smoke --stage NAME [--stack NAME] [--timeout SECONDS] [--json]
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

/** `stackName`: the deployed stack; undefined means a local system. */
export type SmokeOptions = { stackName: string | undefined; timeoutMs: number; json: boolean }

/** Reads the words behind `breach-reset smoke`. Returns a sentence when they can't be used. */
export function parseSmokeOptions(args: readonly string[]): SmokeOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string' },
        stack: { type: 'string' },
        local: { type: 'boolean', default: false },
        timeout: { type: 'string', default: '120' },
        json: { type: 'boolean', default: false },
      },
    })
    const { stage, stack = stage && `BreachReset-${stage}`, local, timeout, json } = values
    if (!/^[1-9]\d{0,3}$/.test(timeout)) return { wrong: '--timeout: must be whole seconds from 1 to 9999' }
    if (local && stack !== undefined) return { wrong: '--local: not with --stage or --stack' }
    if (!local && !stack) return { wrong: 'say what to check: --stage NAME, --stack NAME or --local' }
    return { stackName: stack, timeoutMs: Number(timeout) * 1000, json }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
