import { setTimeout as sleep } from 'node:timers/promises'
import { deriveSettings } from '../../../infra/derive-settings.ts'
import { OPERATOR } from '../../../infra/local/create-clients.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { startLocalSystem } from '../../../infra/local/start-local-system.ts'
import { stages } from '../../../infra/stages.ts'
import { createLogWatch } from '../create-log-watch.ts'
import { makeBreach } from '../make-breach.ts'
import { toOnDelivery } from '../to-on-delivery.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { createAwsChaos } from './create-aws-chaos.ts'
import { createInvocationLog } from './create-invocation-log.ts'
import { createKiller } from './create-killer.ts'
import { createRandom } from './create-random.ts'
import { judgeChaos } from './judge-chaos.ts'
import { runChaos } from './run-chaos.ts'
import { toChaosJson } from './to-chaos-json.ts'
import { toChaosSummary } from './to-chaos-summary.ts'

const stage = stages.local
/** In an event: enough for fan-out to send several messages at once. */
const FEWEST_ROWS = 60

/** Boots the local system, breaks it for so many seconds while events are delivered, and shows whether it kept its promises. Returns the exit code: 0 all well, 1 not. */
export async function startChaos(options: {
  seconds: number
  seed: number
  members: number
  json: boolean
}): Promise<number> {
  const { seconds, seed, members, json } = options
  const say = json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  const scenario = makeBreach(members, Date.now(), Math.max(FEWEST_ROWS, Math.ceil(members / seconds)))
  const logs = createLogWatch(scenario.events)
  const invocations = createInvocationLog()
  const aws = createAwsChaos({ sleep, random: createRandom(seed) })
  let system: LocalSystem | undefined
  const killer = createKiller({
    kill: (victim) => system?.functions[victim].kill() ?? 0,
    calls: () => system?.stytch.calls().length ?? 0,
    random: createRandom(seed),
  })

  say(`Synthesizing the stack and booting it on 127.0.0.1; then ${seconds} s of chaos, --seed ${seed} ...`)
  const booting = startLocalSystem({
    stageName: 'local',
    stage,
    onLog: logs.onLog,
    onBatch: invocations.onBatch,
    stytch: { requestsPerSecond: stage.stytchRequestsPerSecond, random: createRandom(seed) },
    beforeResponse: async (name) => (killer.beforeAnswer(name) ? 'drop' : 'pass'),
    tap: async (call) => {
      if (call.caller === OPERATOR) return 'pass'
      return killer.atRequest(call) ? 'drop' : aws.decide(call)
    },
  })

  async function run(): Promise<number> {
    system = await booting
    await scenario.populate(system.stytch)
    const { mostUnrecorded: unrecorded } = deriveSettings(stage)
    const report = await runChaos(system, scenario, logs, {
      ...{ seed, seconds, unrecorded, killer, aws, invocations: invocations.all },
      onDelivery: toOnDelivery(system, logs, { budget: stage.stytchRequestsPerSecond, quiet: json }),
      onCut: (messages) =>
        say(`\nNothing else to wait for: the retry delay of ${messages} messages is cut short.`),
    })
    const wrong = judgeChaos(report, logs.leaks())
    const counts = { lines: logs.lines(), leaks: logs.leaks() }
    if (json) process.stdout.write(`${JSON.stringify(toChaosJson(report, counts, wrong), undefined, 2)}\n`)
    say(toChaosSummary(report, counts, { unrecorded, wrong }))
    return wrong.length === 0 ? 0 : 1
  }

  const stop = () =>
    booting.then(
      (booted) => booted.stop(),
      () => {},
    )
  return untilInterrupted(stop, run)
}
