import { deriveSettings } from '../infra/derive-settings.ts'
import { type LocalSystem, startLocalSystem } from '../infra/local/local-system.ts'
import type { Stage } from '../infra/stage.ts'
import type { UncheckedBreachEvent } from '../lib/contract/breach-event.ts'
import { readEvent } from '../lib/progress/progress-table.ts'
import { defineCommand } from './command.ts'
import { say } from './lines.ts'
import { toDeliveries } from './progress/deliveries.ts'
import { toPeople } from './report/people.ts'
import { checkWritable, writePrivately } from './report/write-file.ts'
import { runDeliveries } from './start/deliveries.ts'
import { createKeeping, describeLoss } from './start/keep.ts'
import { toKeepNotes } from './start/keep-notes.ts'
import { LONG_RUN_ROWS, ratesOf, toLocalStage } from './start/local-stage.ts'
import { createLogWatch, type LogWatch } from './start/log-watch.ts'
import { toOnDelivery } from './start/progress.ts'
import { keptPromises, NEXT, toJson, toSummary } from './start/report.ts'
import { loadEvent, makeBreach, type Scenario } from './start/scenario.ts'
import { INTERRUPTED_CODES, type Terminal, UsageError, untilInterrupted } from './terminal.ts'

/** Runs the main job on this machine and shows what happened. Exit code: 0 all well, 1 not, 2 unusable arguments or file. */
export const start = defineCommand({
  call: 'breach-reset start',
  synopsis: ['[FILE] [--members N] [--crash] [--json] [--keep] [--report FILE]'],
  about: [
    'Boots the whole system on this machine, with a simulated Stytch, sends a breach event twice, and shows what happened. It needs no account and sends nothing over the network.',
  ],
  positionals: [{ name: 'FILE', about: 'a breach event as JSON, instead of one that is made up' }],
  flags: {
    members: {
      type: 'string',
      value: 'N',
      about: 'how many people the made-up event names, 500 unless given',
    },
    crash: { type: 'boolean', about: 'kills a process in the middle' },
    keep: { type: 'boolean', about: 'keeps the system running afterwards, and prints how to reach it' },
    report: { type: 'string', value: 'FILE', about: 'writes the report of the event, with the addresses' },
    json: { type: 'boolean', about: 'prints one object' },
  },
  exitCodes: {
    0: 'every promise was kept',
    1: 'not every promise was kept',
    2: 'unusable arguments or file',
    ...INTERRUPTED_CODES,
  },
  examples: [
    'npm start',
    'npm start -- docs/examples/events/smallest.json --keep',
    'npm start -- --members 5000 --crash',
  ],
  parse({ members, ...switches }, positionals) {
    if (!/^[1-9]\d{0,6}$/.test(members ?? '500'))
      throw new UsageError('--members: must be a whole number from 1 to 9999999')
    if (positionals.length > 1) throw new UsageError('start takes one event file')
    if (positionals.length === 1 && members) throw new UsageError('--members: not with an event file')
    return { file: positionals[0], members: Number(members ?? 500), ...switches }
  },
  run: bootAndRun,
})

type StartOptions = {
  file: string | undefined
  members: number
  crash: boolean
  json: boolean
  keep: boolean
  report?: string | undefined
}

async function bootAndRun(options: StartOptions, terminal: Terminal): Promise<number> {
  const { file, members, json, report } = options
  if (report !== undefined) await checkWritable(report, '--report')
  const now = Date.now()
  const scenario = file === undefined ? makeBreach(members, now) : await loadEvent(file, now)
  const stage = toLocalStage(scenario.rows, options.keep)
  const logs = createLogWatch(scenario.events)
  const tell = json ? () => {} : (text: string) => say(terminal.stdout, text)
  const keeping = options.keep ? createKeeping() : undefined
  const stopping = new AbortController()
  let booting: Promise<LocalSystem> | undefined
  let loss = 'Interrupted while it booted: nothing is left of it.'
  const code = await untilInterrupted(
    async () => {
      stopping.abort()
      const system = await booting?.catch(() => undefined)
      if (system) loss = describeLoss(system)
      await system?.stop()
    },
    async () => {
      tell('Synthesizing the stack and booting it on 127.0.0.1 ...')
      if (scenario.rows >= LONG_RUN_ROWS) tell(describeBudget(stage))
      booting = startLocalSystem({
        stageName: 'local',
        stage,
        onLog: logs.onLog,
        stytch: ratesOf(stage),
        signal: stopping.signal,
        ...(keeping && { intercept: keeping.intercept }),
      })
      const system = await booting
      stopping.signal.throwIfAborted()
      const exitCode = await deliverTwice(system, stage, scenario, logs, options, terminal)
      const [event] = scenario.events
      if (keeping && event) {
        const notes = toKeepNotes(system, { file, eventId: event.id })
        await keeping.run(system, notes, logs, json ? terminal.stderr : terminal.stdout)
      }
      return exitCode
    },
  )
  if (INTERRUPTED.has(code)) say(terminal.stderr, loss)
  return code
}

/** The exit codes after Ctrl-C and SIGTERM, which leave somebody who reads. */
const INTERRUPTED: ReadonlySet<number> = new Set([130, 143])

async function deliverTwice(
  system: LocalSystem,
  stage: Stage,
  scenario: Scenario,
  logs: LogWatch,
  { crash, json, keep, report: file }: StartOptions,
  { stdout, stderr }: Terminal,
): Promise<number> {
  await scenario.populate(system.stytch)
  const onDelivery = toOnDelivery(system, logs, { budget: stage.stytchRequestsPerSecond, quiet: json })
  const report = await runDeliveries({ system, scenario, logs, onDelivery }, { crash })
  const longRunStage = scenario.rows < LONG_RUN_ROWS ? undefined : stage
  const unrecorded = deriveSettings(stage).maxUnrecorded
  if (json) stdout.write(`${JSON.stringify(toJson(report, logs, longRunStage), undefined, 2)}\n`)
  else say(stdout, toSummary(report, logs, unrecorded, longRunStage))
  if (!json && !keep) say(stdout, NEXT)
  const [event] = scenario.events
  if (file !== undefined && event) {
    await writeReport(system, event, file)
    say(json ? stderr : stdout, `report written: ${file}`)
  }
  const { enforced } = scenario
  const { endSessions: endsSessions } = stage
  return keptPromises(report, logs, { enforced, endsSessions, crash, unrecorded }) ? 0 : 1
}

/** Writes the report of an event's first delivery, with the addresses of its made-up people, as `breach-reset report --people` does. */
async function writeReport(
  { dynamoDB, progress }: LocalSystem,
  { source, id, data }: UncheckedBreachEvent,
  file: string,
): Promise<void> {
  const history = toDeliveries(await readEvent({ dynamoDB, table: progress.table }, { source, id }))
  const [first] = history
  if (!first) throw new UsageError('--report: nothing is known of the event')
  // The charting library is loaded for this only.
  const { toPage } = await import('./report/page.ts')
  await writePrivately(file, toPage(first, history, toPeople(data.members)), { flag: '--report' })
}

function describeBudget({ stytchRequestsPerSecond, maximumConcurrency }: Stage): string {
  return `Budget: ${stytchRequestsPerSecond} calls/s, shared by ${maximumConcurrency} execution environments.`
}
