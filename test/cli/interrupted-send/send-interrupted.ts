import path from 'node:path'
import { countQueued, deliver } from '../../../cli/start/deliveries.ts'
import { LONG_RUN_ROWS, toLocalStage } from '../../../cli/start/local-stage.ts'
import { createLogWatch } from '../../../cli/start/log-watch.ts'
import { populateProject } from '../../../cli/start/sample-project.ts'
import { countRepeatedResets } from '../../../cli/start/tally.ts'
import { commandVariables } from '../../../infra/local/access.ts'
import { startLocalSystem } from '../../../infra/local/local-system.ts'
import { accountForPeople, deadLetteredPeople, writeList } from './people.ts'

type Run = (
  args: readonly string[],
  environment: Record<string, string>,
  onStart: (signal: (name: NodeJS.Signals) => void) => void,
) => Promise<{ code: number | null; stdout: string }>

/**
 * Sends a list of so many rows to a local system with the command, which is interrupted half-way and then resumed, and waits until
 * the queues are empty. Then the people whose reset was recorded choose new passwords, and all of it is sent once more. Resolves to
 * how each person ended. `twice`: people called again after a reset; `resetAgain`: people whose new password was deleted. `run` runs
 * the command.
 */
export async function sendInterrupted(rows: number, folder: string, run: Run) {
  const file = path.join(folder, 'members.csv')
  const people = await writeList(file, rows)
  const membersPerEvent = Math.ceil(rows / 100)
  const halfWay = Math.ceil(rows / membersPerEvent / 10 / 2)
  const stage = { ...toLocalStage(Math.max(rows, LONG_RUN_ROWS)), endSessions: false }
  const logs = createLogWatch([])
  let requests = 0
  let interrupt = () => {}
  const system = await startLocalSystem({
    ...{ stageName: 'local', stage, onLog: logs.onLog },
    stytch: { requestsPerSecond: stage.stytchRequestsPerSecond },
    async intercept({ action, caller }) {
      if (caller === 'sender' && action === 'SendMessageBatch' && ++requests === halfWay) interrupt()
      return 'pass'
    },
  })
  try {
    await populateProject(system.stytch, rows, Date.now())
    const environment = commandVariables(system, 'sender')
    const flags = `--reason infostealer --exposed-at 2026-11-18 --skip-invalid --members-per-event ${membersPerEvent}`
    const args = ['send', file, ...flags.split(' '), '--queue-url', system.queues.breach.url]
    const first = await run(args, environment, (signal) => {
      interrupt = () => signal('SIGINT')
    })
    const token = /--resume (\S+)/.exec(first.stdout)?.[1] ?? ''
    const second = await run([...args, '--resume', token], environment, () => {})
    await deliver(system, [], () => {})
    const ends = accountForPeople(system, people, logs.takeSkips())
    const twice = countRepeatedResets(system.stytch.calls())

    const dead = deadLetteredPeople(system)
    const recorded = new Set(
      system.stytch
        .calls()
        .flatMap(({ email, effect }) => (effect === 'none' || dead.has(email) ? [] : [email])),
    )
    for (const email of recorded) system.stytch.setPassword(email)
    const calledBefore = system.stytch.calls().length
    const again = await run(args, environment, () => {})
    await deliver(system, [], () => {})
    const calledAgain = system.stytch.calls().slice(calledBefore)
    const resetAgain = calledAgain.filter(({ email }) => recorded.has(email)).length
    return {
      ...{ rows, people: people.size, ...ends, twice, resetAgain, inQueue: countQueued(system) },
      said: [first, second, again].map(({ code, stdout }) => ({
        code,
        sent: /sent .*/.exec(stdout)?.[0],
      })),
    }
  } finally {
    await system.stop()
  }
}
