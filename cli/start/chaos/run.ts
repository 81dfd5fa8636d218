import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { deriveSettings } from '../../../infra/derive-settings.ts'
import type { OnBatch } from '../../../infra/local/boot.ts'
import { type LocalSystem, OPERATOR, startLocalSystem } from '../../../infra/local/local-system.ts'
import type { StytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import { stages } from '../../../infra/stages.ts'
import { ResetEventSchema } from '../../../lib/contract/breach-event.ts'
import { parseJson } from '../../../lib/contract/parse-json.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import { untilInterrupted } from '../../terminal.ts'
import { countQueued, createDeliverOnce, type Delivery, deliver } from '../deliveries.ts'
import { createLogWatch, type LogWatch } from '../log-watch.ts'
import { toOnDelivery } from '../progress.ts'
import { makeBreach, type Scenario } from '../scenario.ts'
import {
  type AwsChaos,
  countHits,
  createAwsChaos,
  createKiller,
  type Killer,
  STYTCH_FAULTS,
} from './faults.ts'
import {
  type ChaosReport,
  EVERY_FAULT_FROM_SECONDS,
  explainRepeats,
  judgeChaos,
  neverHit,
  peopleNotDeadLettered,
  toChaosJson,
  toChaosSummary,
} from './judge.ts'
import { createRandom, drain, planChaos, playSteps, type Step, waitForHits } from './plan.ts'

const stage = stages.local
/** In an event: enough for fan-out to send several messages at once. */
const MIN_ROWS = 60

/** Boots the local system, breaks it for so many seconds while events are delivered, and shows whether it kept its promises. Returns the exit code: 0 all well, 1 not. */
export async function startChaos(options: {
  seconds: number
  seed: number
  members: number
  json: boolean
}): Promise<number> {
  const { seconds, seed, members, json } = options
  const say = json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  const scenario = makeBreach(members, Date.now(), Math.max(MIN_ROWS, Math.ceil(members / seconds)))
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
    intercept: async (call) => {
      if (call.caller === OPERATOR) return 'pass'
      return killer.atRequest(call) ? 'drop' : aws.decide(call)
    },
  })

  async function run(): Promise<number> {
    system = await booting
    await scenario.populate(system.stytch)
    const { maxUnrecorded: unrecorded } = deriveSettings(stage)
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

type ChaosRun = {
  seed: number
  seconds: number
  /** How many people a process that dies may repeat. */
  unrecorded: number
  killer: Killer
  aws: AwsChaos
  invocations: () => readonly Invocation[]
  onDelivery: (title: string, rows: number) => Delivery
  onCut: (messages: number) => void
}

/**
 * Delivers the first event in calm, so that the processes are up, then all events while everything misbehaves
 * (up to a minute longer where a kind of fault has not hit yet), lets the system drain by itself, lets everybody who was
 * reset choose a new password, and delivers the same events again in calm.
 */
async function runChaos(
  system: LocalSystem,
  scenario: Scenario,
  logs: LogWatch,
  { seed, seconds, unrecorded, killer, aws, invocations, onDelivery, onCut }: ChaosRun,
): Promise<ChaosReport> {
  const { stytch } = system
  const bodies = [...scenario.bodies]
  const passwords = createPasswordChoices(stytch, createRandom(seed))
  const { perform, calm, rotations } = createPerform(system, bodies, { killer, aws, passwords })
  const deliverOnce = createDeliverOnce(system, scenario, logs, onDelivery)
  const hits = () =>
    countHits({
      stytch: stytch.faultHits(),
      aws: aws.hits(),
      rotations: rotations(),
      killed: killer.killed(),
    })
  let cutShort = 0
  const ends = await deliverOnce('chaos', async (look) => {
    const lookAndKill = () => {
      killer.look()
      look()
    }
    await deliver(system, bodies.slice(0, 1), look)
    const steps = planChaos({ seed, seconds, events: bodies.length })
    await playSteps(steps, seconds, { perform, look: lookAndKill })
    const isWaiting = () => seconds >= EVERY_FAULT_FROM_SECONDS && neverHit({ hits: hits() }).length > 0
    await waitForHits(isWaiting, { look: lookAndKill, queued: () => countQueued(system) })
    await calm()
    cutShort = await drain(system, { look, onCut })
  })
  const first = [...ends]
  const stolenAlive = peopleNotDeadLettered(first).filter(
    (email) => stytch.password(email).state === 'usable' && !passwords.chosen().has(email),
  )
  passwords.choose(1)
  const again = [...(await deliverOnce('again', (look) => deliver(system, bodies, look)))]

  const covered = new Set(peopleNotDeadLettered(again, ['covered']))
  const safe = peopleNotDeadLettered(first, ['reset', 'no_password', 'covered'])
  const chose = safe.filter((email) => passwords.chosen().has(email))
  return {
    ...{ seed, seconds, first, again, cutShort, stolenAlive },
    hits: hits(),
    unsettled: invocations().filter(({ end }) => end !== 'settled').length,
    repeats: explainRepeats(stytch.calls(), invocations(), unrecorded),
    inQueue: countQueued(system),
    notCovered: safe.filter((email) => !covered.has(email)),
    newPasswords: {
      chosen: chose.length,
      alive: chose.filter((email) => stytch.password(email).setAt === passwords.chosen().get(email)).length,
    },
  }
}

/** Of the calls that a fault can hit: otherwise all calls fail, and the functions give up calling for a while. */
const HIT_SHARE = 0.4

type Perform = {
  perform(step: Step): void
  /** Ends every fault, and resolves when all events are on the breach queue. */
  calm(): Promise<void>
  /** How often the key of Stytch was rotated. */
  rotations(): number
}

/** Returns what does the steps of a plan to the running system. `bodies`: what a step that delivers sends. */
function createPerform(
  system: Pick<LocalSystem, 'sqs' | 'queues' | 'stytch' | 'credentials' | 'putStytchSecret'>,
  bodies: readonly string[],
  { killer, aws, passwords }: { killer: Killer; aws: AwsChaos; passwords: PasswordChoices },
): Perform {
  const { stytch, sqs, queues } = system
  const sends: Promise<unknown>[] = []
  let rotations = 0

  function rotateKey(): void {
    const secret = `secret-test-rotated-${++rotations}`
    stytch.rotateSecret(secret)
    system.putStytchSecret({ ...system.credentials, secret })
  }

  function addStytchFault(name: string, times: number): void {
    const rule = STYTCH_FAULTS[name]
    if (!rule) throw new Error(`there is no fault ${name}`)
    stytch.fault({ ...rule, times, probability: HIT_SHARE })
  }

  return {
    perform(step) {
      if (step.kind === 'deliver') {
        const command = new SendMessageCommand({
          QueueUrl: queues.breach.url,
          MessageBody: bodies[step.event],
        })
        const sent = sqs.send(command)
        // Seen to in calm(), which never comes when the run is interrupted.
        sent.catch(() => {})
        sends.push(sent)
      } else if (step.kind === 'kill') killer.arm(step)
      else if (step.kind === 'aws') aws.arm(step.fault, step.times)
      else if (step.kind === 'stytch') addStytchFault(step.fault, step.times)
      else if (step.kind === 'rotate key') rotateKey()
      else passwords.choose(step.share)
    },
    async calm() {
      killer.disarm()
      aws.disarm()
      stytch.clearFaults()
      await Promise.all(sends)
    },
    rotations: () => rotations,
  }
}

type PasswordChoices = {
  /** Each of those who were reset and have no usable password chooses a new one with this chance, 0 to 1. */
  choose(share: number): void
  /** When everybody who chose last did so, in ms since the epoch, by e-mail. */
  chosen(): ReadonlyMap<string, number>
}

/** Lets members who were reset choose new passwords. `random` gives 0 to 1, 1 excluded. */
function createPasswordChoices(
  stytch: Pick<StytchSimulator, 'calls' | 'password' | 'setPassword'>,
  random: () => number,
): PasswordChoices {
  const chosen = new Map<string, number>()
  return {
    choose(share) {
      const reset = new Set(stytch.calls().flatMap(({ email, effect }) => (effect === 'none' ? [] : [email])))
      for (const email of reset) {
        if (stytch.password(email).state === 'usable' || random() >= share) continue
        const at = Date.now()
        stytch.setPassword(email, at)
        chosen.set(email, at)
      }
    },
    chosen: () => chosen,
  }
}

/**
 * One invocation of require-reset, seen from outside: from when to when (ms since the epoch), whom its messages named,
 * and how it ended. `returned`: it answered, and gave a message back to the queue.
 */
export type Invocation = {
  from: number
  to: number
  people: ReadonlySet<string>
  end: 'settled' | 'returned' | 'killed' | 'timed out'
}

/** Keeps who was handled when. */
export function createInvocationLog(): { onBatch: OnBatch; all(): readonly Invocation[] } {
  const invocations: Invocation[] = []
  return {
    onBatch({ functionName, records, startedAt: from, endedAt: to, result, failed }) {
      if (!functionName.startsWith('RequireReset')) return
      const people = new Set(records.flatMap(({ body }) => peopleIn(body)))
      const end =
        result.kind === 'answered'
          ? failed.length > 0
            ? 'returned'
            : 'settled'
          : result.errorType === 'Sandbox.Timedout'
            ? 'timed out'
            : 'killed'
      invocations.push({ from, to, people, end })
    },
    all: () => invocations,
  }
}

function peopleIn(body: string): string[] {
  const json = parseJson(body)
  const event = ResetEventSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  return event.data?.data.members.map(({ email_address }) => normalizeEmail(email_address)) ?? []
}
