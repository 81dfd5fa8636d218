import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ratesOf } from '../../cli/start/local-stage.ts'
import { commandVariables } from '../../infra/local/access.ts'
import type { createCleanUp } from '../../infra/local/local-system.ts'
import type { Stage } from '../../infra/stage.ts'
import { isAlarming } from '../cloudwatch/metrics.ts'
import { readAlarms } from '../cloudwatch/read-alarms.ts'
import { watchSystem } from '../cloudwatch/watch-system.ts'
import { isDrained } from '../infra/local/system/crowd.ts'
import { waitUntil } from '../infra/local/system/wait-until.ts'
import { STAGE_NAME } from './stage.ts'
import type { Transcript } from './transcript.ts'

const MAIN = path.join(import.meta.dirname, '../../cli/breach-reset.cjs')
const MINUTE_MS = 60_000
const MAX_DRAIN_MS = 10 * MINUTE_MS
const MAX_COMMAND_MS = 15 * MINUTE_MS
const MAX_ALARM_MS = 5 * MINUTE_MS
const LOOK_EVERY_MS = 500

/** Alarms that tell an operator of an event. Others, of a machine that is too busy, do not count. */
const TELLING: ReadonlySet<string> = new Set([
  ...['EventsRefused', 'DeadLetterQueueNotEmpty', 'FewAreMembers'],
  ...['MembersReceivedHigh', 'MembersResetHigh'],
])

export type DrilledSystem = Awaited<ReturnType<typeof startDrilledSystem>>

/** Boots a stage, and runs the operator's commands against it as processes of their own. */
export async function startDrilledSystem(
  stage: Stage,
  transcript: Transcript,
  cleanUp: ReturnType<typeof createCleanUp>,
) {
  const watched = await watchSystem({ stageName: STAGE_NAME, stage, stytch: ratesOf(stage) })
  const { system, store } = watched
  cleanUp.add(system.stop)
  cleanUp.add(async () => {
    const failed = watched.lines.filter((line) => line.includes('"record failed"')).length
    if (failed > 0)
      transcript.happens(`${failed} records failed: the services on this machine were too busy for them`)
  })
  const alarms = [...readAlarms(system.template)].filter(([id]) => TELLING.has(id))
  const environment = {
    ...process.env,
    ...commandVariables(system),
  }

  /** Types a command, which must show a line like this, and end with one of these exit codes. */
  async function type(typed: string, shows: RegExp, codes: readonly number[] = [0]): Promise<void> {
    const { code, printed } = await run(typed.split(' '), environment)
    const line = printed.split('\n').find((one) => shows.test(one))
    transcript.types(`npx --no breach-reset ${typed}`, line?.trim() ?? '(not what was expected)')
    if (line === undefined || !codes.includes(code))
      throw new Error(`exit code ${code} instead of ${codes}, or no line like ${shows}:\n${printed}`)
  }

  /** Waits until an alarm goes on. CloudWatch looks once a minute is over. Resolves to that moment, in minutes since the first event. */
  async function untilAlarm(): Promise<number> {
    const deadline = Date.now() + MAX_ALARM_MS
    while (Date.now() < deadline) {
      watched.sampleQueues()
      const endOfMinute = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS
      const on = alarms.filter(([, alarm]) => isAlarming(alarm, store, endOfMinute))
      if (on.length > 0) {
        await sleep(endOfMinute - Date.now())
        transcript.happens(`alarm: ${on.map(([id]) => id).join(', ')}`)
        return transcript.minutes()
      }
      await sleep(LOOK_EVERY_MS)
    }
    throw new Error(`no alarm within ${MAX_ALARM_MS / MINUTE_MS} minutes`)
  }

  return {
    ...{ system, type, untilAlarm },
    untilDrained: () => waitUntil('the work queues to be empty', () => isDrained(system), MAX_DRAIN_MS),
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; printed: string }>((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env, maxBuffer: 2 ** 26, timeout: MAX_COMMAND_MS },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, printed: stdout + stderr })
      },
    )
  })
}

/** Throws unless it holds: the goal of a drill is missed. */
export function demand(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence)
}
