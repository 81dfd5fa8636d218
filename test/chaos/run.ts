import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { countQueued, type DeliveryRun, deliver, deliverOnce } from '../../cli/start/deliveries.ts'
import { ratesOf } from '../../cli/start/local-stage.ts'
import { createLogWatch, type LogWatch } from '../../cli/start/log-watch.ts'
import { createPasswordChoices } from '../../cli/start/passwords.ts'
import { toOnDelivery } from '../../cli/start/progress.ts'
import { makeBreach, type Scenario } from '../../cli/start/scenario.ts'
import { countStolenSessions } from '../../cli/start/sessions.ts'
import { RESET_CODES, type RowEnd } from '../../cli/start/tally.ts'
import { untilInterrupted } from '../../cli/terminal.ts'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { type LocalSystem, startLocalSystem } from '../../infra/local/local-system.ts'
import type { FaultRule } from '../../infra/local/stytch/faults.ts'
import { stages } from '../fixtures/stages.ts'
import { createLossCount, readFacts } from './facts.ts'
import { AWS_FAULTS, createFaultInjector, type FaultInjector, KILLED, STYTCH_FAULTS } from './faults.ts'
import {
  type ChaosReport,
  createInvocationLog,
  EVERY_FAULT_FROM_SECONDS,
  findWrongs,
  type Invocation,
  neverHit,
  peopleNotDeadLettered,
  toJson,
  toSummary,
} from './judge.ts'
import { createRandom, planChaos, type Step } from './schedule.ts'

export type ChaosOptions = { seconds: number; seed: number; members: number; json: boolean }

const stage = stages.local
/** In an event: enough that fan-out sends several messages at once. */
const MIN_ROWS = 60

/** Boots the local system, makes everything fail for some seconds while events are delivered, and prints whether every promise was kept. */
export async function runChaos({ seconds, seed, members, json }: ChaosOptions): Promise<number> {
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const scenario = makeBreach(members, Date.now(), Math.max(MIN_ROWS, Math.ceil(members / seconds)))
  const logs = createLogWatch(scenario.events)
  const invocations = createInvocationLog()
  const losses = createLossCount()
  const onLog = (line: string) => {
    logs.onLog(line)
    losses.onLog(line)
  }
  let system: LocalSystem | undefined
  const faults = createFaultInjector({
    kill: (victim) => system?.functions[victim]?.kill() ?? 0,
    calls: (victim) => system?.stytch[victim === 'endSessions' ? 'sessionCalls' : 'calls']().length ?? 0,
    sleep,
    random: createRandom(seed),
  })

  if (!json) print(`Booting the stack on 127.0.0.1; then ${seconds} s of chaos, --seed ${seed} ...`)
  const booting = startLocalSystem({
    ...{ stageName: 'local', stage, onLog, onBatch: invocations.onBatch },
    stytch: { ...ratesOf(stage), random: createRandom(seed) },
    beforeResponse: faults.beforeResponse,
    intercept: faults.intercept,
  })
  async function run(): Promise<number> {
    system = await booting
    await scenario.populate(system.stytch)
    const onDelivery = toOnDelivery(system, logs, { budget: stage.stytchRequestsPerSecond, quiet: json })
    const report = await breakAndDeliver({
      ...{ system, scenario, logs, onDelivery, lost: losses.lost },
      ...{ seed, seconds, faults, invocations: invocations.all() },
    })
    print(json ? JSON.stringify(toJson(report), undefined, 2) : toSummary(report))
    return findWrongs(report).length === 0 ? 0 : 1
  }
  const stop = () =>
    booting.then(
      (booted) => booted.stop(),
      () => {},
    )
  return untilInterrupted(stop, run)
}

type ChaosRun = DeliveryRun & {
  scenario: Scenario
  logs: LogWatch
  seed: number
  seconds: number
  faults: FaultInjector
  /** Of require-reset, so far; the list grows. */
  invocations: readonly Invocation[]
  /** How many facts and outcome events so far. */
  lost: () => number
}

/**
 * Delivers the first event in calm, so that the processes are up, then all events while everything fails, until the queues
 * are empty; lets everyone who was reset choose a new password; and delivers the same events again in calm.
 */
async function breakAndDeliver(run: ChaosRun): Promise<ChaosReport> {
  const { system, scenario, logs, seed, seconds, faults, invocations } = run
  const { stytch } = system
  const bodies = [...scenario.bodies]
  const passwords = createPasswordChoices(stytch)
  const random = createRandom(seed)
  const choose = (share: number) =>
    passwords.choose((email) => stytch.password(email).state !== 'usable' && random() < share)
  const { perform, calm, hits } = createPerform(system, bodies, faults, choose)
  let cutShort = 0

  const underFaults = await deliverOnce(run, 'chaos', async (look) => {
    await deliver(system, bodies.slice(0, 1), look)
    const isWaiting = () =>
      seconds >= EVERY_FAULT_FROM_SECONDS && neverHit(hits()).length > 0 && countQueued(system) > 0
    const lookAndKill = () => {
      faults.look()
      look()
    }
    const steps = planChaos({ seed, seconds, events: bodies.length })
    await playSteps(steps, seconds, { perform, look: lookAndKill, isWaiting })
    await calm()
    await deliver(system, [], () => {
      look()
      cutShort += cutRetryDelays(system)
    })
  })
  const first = [...underFaults]
  const stolenAlive = peopleNotDeadLettered(first).filter(
    (email) => stytch.password(email).state === 'usable' && !passwords.chosen().has(email),
  )
  const owed = new Set(peopleNotDeadLettered(first.filter(isOwedSessions), RESET_CODES))
  const sessionsAlive = countStolenSessions(stytch, owed, Date.now())
  const lostFirst = run.lost()
  const factsFirst = await readFacts(system, { from: 0, lost: lostFirst })
  choose(1)
  const calmAt = Date.now()
  const again = [...(await deliverOnce(run, 'again', (look) => deliver(system, bodies, look)))]
  const chose = peopleNotDeadLettered(first, RESET_CODES).filter((email) => passwords.chosen().has(email))
  return {
    ...{ seed, seconds, first, again, cutShort, invocations, hits: hits(), calls: stytch.calls() },
    unrecorded: deriveSettings(stage).maxUnrecorded,
    inQueue: countQueued(system),
    ...{ stolenAlive: stolenAlive.length, sessionsAlive },
    newPasswords: { chosen: chose.length, alive: passwords.countAlive(chose) },
    facts: {
      first: factsFirst,
      again: await readFacts(system, { from: calmAt, lost: run.lost() - lostFirst }),
    },
    logs: { lines: logs.lines(), leaks: logs.leaks() },
  }
}

/** A person whom end-sessions has dead-lettered may still be signed in. */
function isOwedSessions({ sessions }: RowEnd): boolean {
  return sessions?.kind !== 'dead_lettered'
}

/** The share of the calls that a Stytch fault hits. If all calls failed, the functions would stop calling for a while. */
const HIT_SHARE = 0.4

/** Returns a function that applies one step of the schedule to the running system. `bodies`: what a delivery sends. */
function createPerform(
  system: Pick<LocalSystem, 'sqs' | 'queues' | 'stytch' | 'credentials' | 'putStytchSecret'>,
  bodies: readonly string[],
  faults: FaultInjector,
  choosePasswords: (share: number) => void,
) {
  const { stytch, sqs, queues } = system
  const sends: Promise<unknown>[] = []
  let rotations = 0

  function send(MessageBody: string | undefined): void {
    const sent = sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody }))
    // calm() reports the failure, but is never called when the run is interrupted.
    sent.catch(() => {})
    sends.push(sent)
  }

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
    perform(step: Step): void {
      if (step.kind === 'deliver') send(bodies[step.event])
      else if (step.kind === 'kill') faults.armKill(step)
      else if (step.kind === 'aws') faults.armAws(step.fault, step.times)
      else if (step.kind === 'stytch') addStytchFault(step.fault, step.times)
      else if (step.kind === 'rotate key') rotateKey()
      else choosePasswords(step.share)
    },
    /** Ends every fault, and resolves when all events are on the breach queue. */
    async calm(): Promise<void> {
      faults.disarm()
      stytch.clearFaults()
      await Promise.all(sends)
    },
    /** How often each kind of fault hit so far, by name; 0 for those that never did. */
    hits: () => countHits({ stytch: stytch.faultHits(), rotations, others: faults.hits() }),
  }
}

/** Counts the hits of every kind of fault by name; 0 for those that never hit. */
export function countHits(seen: {
  stytch: readonly FaultRule[]
  rotations: number
  others: ReadonlyMap<string, number>
}): Map<string, number> {
  const chance = { times: 1, probability: 1 }
  const isOf = (fault: FaultRule) => (rule: FaultRule) =>
    isDeepStrictEqual({ ...rule, ...chance }, { ...fault, ...chance })
  const ofStytch = Object.entries(STYTCH_FAULTS).map(([name, fault]): [string, number] => [
    `Stytch: ${name}`,
    seen.stytch.filter(isOf(fault)).length,
  ])
  const others = [...Object.keys(AWS_FAULTS), ...Object.values(KILLED)]
  return new Map([
    ...ofStytch,
    ['Stytch: key rotated', seen.rotations],
    ...others.map((name): [string, number] => [name, seen.others.get(name) ?? 0]),
  ])
}

const LOOK_EVERY_MS = 10
const MAX_EXTRA_MS = 60_000

/** Performs each step at its time, looking in between. Resolves after `seconds`, or up to a minute later while `isWaiting`. */
async function playSteps(
  steps: readonly Step[],
  seconds: number,
  on: { perform: (step: Step) => void; look: () => void; isWaiting: () => boolean },
): Promise<void> {
  const endMs = seconds * 1000
  const startedAt = performance.now()
  const left = [...steps]
  for (;;) {
    const atMs = performance.now() - startedAt
    while (left[0] && left[0].atMs <= atMs) on.perform(left.shift() as Step)
    on.look()
    if (atMs >= endMs + MAX_EXTRA_MS || (atMs >= endMs && !on.isWaiting())) return
    await sleep(LOOK_EVERY_MS)
  }
}

/**
 * Ends the retry delays on the work queues, which grow to a quarter of an hour, once the system waits for nothing else.
 * Visibility timeouts really pass. Returns the number of messages.
 */
export function cutRetryDelays(system: Pick<LocalSystem, 'inspector' | 'queues'>): number {
  const { inspector, queues } = system
  const waiting = [queues.reset, queues.sessions].flatMap((queue) => {
    const delayed = queue ? inspector.depth(queue.url).delayed : 0
    return queue && delayed > 0 ? [{ url: queue.url, delayed }] : []
  })
  const delayed = waiting.reduce((sum, queue) => sum + queue.delayed, 0)
  if (delayed === 0 || delayed !== countQueued(system)) return 0
  for (const { url } of waiting) inspector.letTimePass(url)
  return delayed
}
