import { randomInt } from 'node:crypto'
import { deriveSettings } from '../infra/derive-settings.ts'
import { type LocalSystem, startLocalSystem } from '../infra/local/local-system.ts'
import type { Stage } from '../infra/stage.ts'
import { startChaos } from './start/chaos/run.ts'
import { runDeliveries } from './start/deliveries.ts'
import { createLogWatch, type LogWatch } from './start/log-watch.ts'
import { watchMemory } from './start/memory.ts'
import { parseOptions, type StartOptions } from './start/parse-options.ts'
import { toOnDelivery } from './start/progress.ts'
import { isWell, toJson, toKeepNotes, toSummary } from './start/report.ts'
import { loadEvent, makeBreach, type Scenario } from './start/scenario.ts'
import { LONG_RUN_ROWS, toLocalStage } from './start/to-local-stage.ts'
import { refuse, untilInterrupted } from './terminal.ts'

export const USAGE =
  'usage: breach-reset start [path/to/event.json] [--members N] [--crash] [--json] [--keep]\n       breach-reset start --chaos SECONDS [--seed N] [--members N] [--json]'

/** Runs the main job on this machine and shows what happened. Returns the exit code: 0 all well, 1 not, 2 unusable arguments or file. */
export async function start(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const options = parseOptions(args)
  if ('wrong' in options) return refuse(`${options.wrong}\n${USAGE}`)
  if (options.chaos) {
    const { seconds, seed = randomInt(1_000_000) } = options.chaos
    return startChaos({ seconds, seed, members: options.members, json: options.json })
  }
  const now = Date.now()
  const scenario =
    options.file === undefined ? makeBreach(options.members, now) : await loadEvent(options.file, now)
  if ('wrong' in scenario) return refuse(scenario.wrong)

  const stage = toLocalStage(scenario.rows)
  const logs = createLogWatch(scenario.events)
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  say('Synthesizing the stack and booting it on 127.0.0.1 ...')
  if (scenario.rows >= LONG_RUN_ROWS) say(describeBudget(stage))
  const booting = startLocalSystem({
    stageName: 'local',
    stage,
    onLog: logs.onLog,
    stytch: { requestsPerSecond: stage.stytchRequestsPerSecond },
  })
  return untilInterrupted(
    () =>
      booting.then(
        (system) => system.stop(),
        () => {},
      ),
    async () => run(await booting, stage, scenario, logs, options, say),
  )
}

async function run(
  system: LocalSystem,
  stage: Stage,
  scenario: Scenario,
  logs: LogWatch,
  options: StartOptions,
  say: (text: string) => void,
): Promise<number> {
  await scenario.populate(system.stytch)
  const memory = [LONG_RUN_ROWS, LONG_RUN_ROWS * stage.maximumConcurrency].map((fromRows) => ({
    fromRows,
    watch: watchMemory(system, logs, fromRows),
  }))
  const report = await runDeliveries(system, scenario, logs, {
    crash: options.crash,
    onDelivery: toOnDelivery(system, logs, { budget: stage.stytchRequestsPerSecond, quiet: options.json }),
    onLook: () => {
      for (const { watch } of memory) watch.look()
    },
  })
  const seen = memory.map(({ fromRows, watch }) => ({ fromRows, processes: watch.processes() }))
  const long = scenario.rows < LONG_RUN_ROWS ? undefined : { stage, memory: seen }
  if (options.json) process.stdout.write(`${JSON.stringify(toJson(report, logs, long), undefined, 2)}\n`)
  const unrecorded = deriveSettings(stage).maxUnrecorded
  say(toSummary(report, logs, unrecorded, long))
  if (options.keep) {
    const stream = options.json ? process.stderr : process.stdout
    stream.write(`${toKeepNotes(system)}\n`)
    logs.follow((line) => stream.write(`${line}\n`))
    await new Promise(() => {})
  }
  const { enforced } = scenario
  return isWell(report, logs, { enforced, crash: options.crash, unrecorded }) ? 0 : 1
}

function describeBudget({ stytchRequestsPerSecond, maximumConcurrency }: Stage): string {
  return `Budget: ${stytchRequestsPerSecond} calls/s, shared by ${maximumConcurrency} execution environments.`
}
