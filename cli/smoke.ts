import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { openAwsClients } from './aws.ts'
import { defineCommand, type FlagValues } from './command.ts'
import { say } from './lines.ts'
import { loadLocal } from './missing-part.ts'
import { STACK_FLAGS, stackNameOf } from './progress/progress-target.ts'
import { exitCodeOf, runCheck, toReport } from './smoke/check.ts'
import type { SmokeResult } from './smoke/judge.ts'
import { findDeployed, type SmokeTarget } from './smoke/target.ts'
import {
  abortWhenInterrupted,
  INTERRUPTED_CODES,
  type Terminal,
  UsageError,
  unlessAborted,
} from './terminal.ts'

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
    about: 'prints one object: outcome, code, passed, proves, sentence, project_id, ms, event_id',
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
    ...INTERRUPTED_CODES,
  },
  examples: ['npx --no breach-reset smoke --stage prod', 'npx --no breach-reset smoke --local --json'],
  parse,
  run: (options, terminal) =>
    abortWhenInterrupted((signal) => {
      const { stackName } = options
      if (stackName === undefined) return checkLocal(options, signal, terminal)
      return check(stackName, () => findDeployed(stackName, openAwsClients()), options, signal, terminal)
    }),
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
  signal: AbortSignal,
  { stdout, stderr }: Terminal,
): Promise<number> {
  const print = (text: string) => void (json || say(stdout, text))
  let startedAt = Date.now()
  let event_id: string | undefined
  const onSend = (id: string) => {
    signal.throwIfAborted()
    startedAt = Date.now()
    event_id = id
    print(`Sending ${id} to ${name} ...`)
  }
  const wait = (ms: number) => sleep(ms, undefined, { signal })
  const deps = { timeoutMs, now: Date.now, sleep: wait, onSend }
  const checking = open().then((target) => runCheck(target, randomUUID(), deps))
  const result = await unlessAborted(checking, signal).catch(toFailure)
  if (signal.aborted) {
    say(stderr, event_id === undefined ? 'interrupted: nothing was sent' : INTERRUPTED)
    return 1
  }
  const ms = Date.now() - startedAt
  print(toReport(result, ms))
  if (json) stdout.write(`${JSON.stringify({ ...result, ms, event_id, target: name }, undefined, 2)}\n`)
  return exitCodeOf(result)
}

const INTERRUPTED = 'interrupted: the test event was sent, is about nobody, and nothing is left to do'

function toFailure(error: unknown): SmokeResult {
  const sentence = error instanceof Error ? `${error.message}.` : 'failed.'
  return { outcome: 'not_checked', code: 'request_failed', passed: false, proves: [], sentence }
}

/** Boots the system on this machine, checks it, and stops it, also on Ctrl-C. Resolves to the exit code. */
async function checkLocal(options: Options, signal: AbortSignal, terminal: Terminal): Promise<number> {
  const { bootLocalTarget } = await loadLocal('smoke --local', () => import('./smoke/local-target.ts'))
  if (!options.json) terminal.stdout.write('Synthesizing the stack and booting it on 127.0.0.1 ...\n')
  const booting = bootLocalTarget()
  try {
    const open = async () => (await booting).target
    return await check('the local system, with a simulated Stytch', open, options, signal, terminal)
  } finally {
    await booting.then(
      (local) => local.stop(),
      () => {},
    )
  }
}
