import { randomUUID } from 'node:crypto'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { openAwsClients } from './aws.ts'
import { defineCommand, type FlagValues } from './command.ts'
import { say } from './lines.ts'
import { loadLocal } from './missing-part.ts'
import { STACK_FLAGS, stackNameOf } from './progress/progress-target.ts'
import { exitCodeOf, runCheck, toReport } from './smoke/check.ts'
import type { SmokeResult } from './smoke/judge.ts'
import { findDeployed, type SmokeTarget } from './smoke/target.ts'
import { UsageError, untilInterrupted } from './terminal.ts'

const FLAGS = {
  ...STACK_FLAGS,
  local: { type: 'boolean', about: 'boots the system on this machine, with a simulated Stytch' },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    default: '120',
    about: 'how long to wait for the end, 120 unless given',
  },
  json: {
    type: 'boolean',
    about: 'one object: outcome, code, passed, proves, sentence, project_id, ms, event_id',
  },
} as const

/**
 * Checks a deployed or a local system with one event. Exit code 0 passed, 1 failed, 2 unusable arguments, 3 passed as far as a
 * dry run goes.
 */
export const smoke = defineCommand({
  call: 'breach-reset smoke',
  synopsis: [
    '(--stage NAME | --stack NAME) [--timeout SECONDS] [--json]',
    '--local [--timeout SECONDS] [--json]',
  ],
  about: ['Sends a breach event with one made-up address, which exists nowhere, and reports how it ended.'],
  flags: FLAGS,
  exitCodes: {
    0: 'skipped no_member_found: everything is proved, key, password mode and search too; in a stage without end-sessions: skipped not_a_member',
    1: 'failed; the sentence says what is wrong',
    2: 'unusable arguments',
    3: 'skipped dry_run: everything that a dry run can prove',
  },
  examples: ['npx --no breach-reset smoke --stage prod', 'npx --no breach-reset smoke --local --json'],
  parse,
  run: (options, { stdout }) => {
    const { stackName } = options
    if (stackName === undefined) return checkLocal(options, stdout)
    return check(stackName, () => findDeployed(stackName, openAwsClients()), options, stdout)
  },
})

/** `stackName`: the deployed stack; undefined means a local system. */
type Options = { stackName: string | undefined; timeoutMs: number; json: boolean }

function parse(values: FlagValues<typeof FLAGS>): Options {
  const { local, timeout, json } = values
  const stack = stackNameOf(values)
  if (!/^[1-9]\d{0,3}$/.test(timeout)) throw new UsageError('--timeout: must be whole seconds from 1 to 9999')
  if (local && stack !== undefined) throw new UsageError('--local: not with --stage or --stack')
  if (!local && !stack) throw new UsageError('say what to check: --stage NAME, --stack NAME or --local')
  return { stackName: stack, timeoutMs: Number(timeout) * 1000, json }
}

/** Checks a system and reports the result. Resolves to the exit code. `name`: what the system is called. */
async function check(
  name: string,
  open: () => Promise<SmokeTarget>,
  { timeoutMs, json }: Options,
  stdout: Writable,
): Promise<number> {
  const tell = (text: string) => void (json || say(stdout, text))
  let startedAt = Date.now()
  let event_id: string | undefined
  const onSend = (id: string) => {
    startedAt = Date.now()
    event_id = id
    tell(`Sending ${id} to ${name} ...`)
  }
  const deps = { timeoutMs, now: Date.now, sleep, onSend }
  const result = await open()
    .then((target) => runCheck(target, randomUUID(), deps))
    .catch(toFailure)
  const ms = Date.now() - startedAt
  tell(toReport(result, ms))
  if (json) stdout.write(`${JSON.stringify({ ...result, ms, event_id, target: name }, undefined, 2)}\n`)
  return exitCodeOf(result)
}

function toFailure(error: unknown): SmokeResult {
  const sentence = error instanceof Error ? `${error.message}.` : 'failed.'
  return { outcome: 'not_checked', code: 'request_failed', passed: false, proves: [], sentence }
}

/** Boots the system on this machine, checks it, and stops it, also on Ctrl-C. Resolves to the exit code. */
async function checkLocal(options: Options, stdout: Writable): Promise<number> {
  const { bootLocalTarget } = await loadLocal('smoke --local', () => import('./smoke/local-target.ts'))
  const booting = bootLocalTarget()
  const stop = () =>
    booting.then(
      (local) => local.stop(),
      () => {},
    )
  return untilInterrupted(stop, () => {
    if (!options.json) stdout.write('Synthesizing the stack and booting it on 127.0.0.1 ...\n')
    const open = async () => (await booting).target
    return check('the local system, with a simulated Stytch', open, options, stdout)
  })
}
