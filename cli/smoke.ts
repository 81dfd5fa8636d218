import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLocalSystem } from '../infra/local/start-local-system.ts'
import { stages } from '../infra/stages.ts'
import { openAwsClients } from './deployed/open-aws-clients.ts'
import { checkWay } from './smoke/check-way.ts'
import { exitCodeOf } from './smoke/exit-code-of.ts'
import { findDeployed } from './smoke/find-deployed.ts'
import { parseSmokeOptions, SMOKE_USAGE, type SmokeOptions } from './smoke/parse-smoke-options.ts'
import type { SmokeResult } from './smoke/smoke-result.ts'
import { toLocalWay } from './smoke/to-local-way.ts'
import { toReport } from './smoke/to-report.ts'
import type { Way } from './smoke/way.ts'
import { untilInterrupted } from './start/until-interrupted.ts'

/** Checks a deployed or a local system with one event. Returns the exit code: 0 passed, 1 failed, 2 unusable arguments, 3 as far as a dry run goes. */
export async function smoke(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${SMOKE_USAGE}\n`)
    return 0
  }
  const options = parseSmokeOptions(args)
  if ('wrong' in options) {
    process.stderr.write(`${options.wrong}\n${SMOKE_USAGE}\n`)
    return 2
  }
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  const { stackName } = options
  return stackName === undefined
    ? checkLocal(options, say)
    : check(stackName, () => findDeployed(stackName, openAwsClients()), options, say)
}

function checkLocal(options: SmokeOptions, say: (text: string) => void): Promise<number> {
  const lines: string[] = []
  const booting = startLocalSystem({
    stageName: 'local',
    stage: stages.local,
    onLog: (line) => lines.push(line),
  })
  return untilInterrupted(
    () =>
      booting.then(
        (system) => system.stop(),
        () => {},
      ),
    () => {
      say('Synthesizing the stack and booting it on 127.0.0.1 ...')
      const open = async () => toLocalWay(await booting, lines)
      return check('the local system, beside a simulated Stytch', open, options, say)
    },
  )
}

async function check(
  target: string,
  open: () => Promise<Way>,
  { timeoutMs, json }: SmokeOptions,
  say: (text: string) => void,
): Promise<number> {
  let startedAt = Date.now()
  let event_id: string | undefined
  const onSend = (id: string) => {
    startedAt = Date.now()
    event_id = id
    say(`Sending ${id} to ${target} ...`)
  }
  const deps = { timeoutMs, now: Date.now, sleep, onSend }
  const result = await open()
    .then((way) => checkWay(way, randomUUID(), deps))
    .catch(toFailure)
  const ms = Date.now() - startedAt
  say(toReport(result, ms))
  if (json) process.stdout.write(`${JSON.stringify({ ...result, ms, event_id, target }, undefined, 2)}\n`)
  return exitCodeOf(result)
}

function toFailure(error: unknown): SmokeResult {
  const sentence = error instanceof Error ? `${error.message}.` : 'failed.'
  return { outcome: 'not_checked', code: 'request_failed', passed: false, proves: [], sentence }
}
