import type { SQSEvent } from 'aws-lambda'
import { judgeResponse } from '../../../infra/local/lambda/judge-response.ts'
import { type Step, toBody } from '../scenario/arbitrary.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { bootFanOut, bootRequireReset, type Handle, type Seams } from './boot.ts'
import { createEnvironment, type Environment } from './environment.ts'
import type { Queue, Role, Stored } from './queue.ts'
import { createWorld, type Deployment, type Entry, toSecret, type World } from './world.ts'

const SECOND_SECRET = 'canary-secret-2'
/** Far behind the last fault, the last copy, the retry horizon and the redrive. */
const MAX_ENTRIES = 1_000_000
const END_MS = 13 * 24 * 3_600_000

/** A run that is over. */
export type Run = { scenario: Scenario; deployment: Deployment; world: World; journal: readonly Entry[] }

/** Lets a scenario happen, all of it, until nothing is left to happen. */
export async function play(scenario: Scenario, deployment: Deployment, seams: Seams = {}): Promise<Run> {
  const { world, journal } = createWorld(scenario, deployment)
  const { timeline, queues, people, stytch, secrets, startedAt, note } = world
  startFunctions(world, seams)

  for (const [number, produced] of scenario.produced.entries()) {
    let body: string | undefined
    for (const later of [0, ...produced.copies]) {
      timeline.at(startedAt + produced.sentAt + later, () => {
        body ??= toBody(produced, {
          ...{ number, start: startedAt, lastCallAt: world.lastCallAt() },
          emailOf: people.emailOf,
        })
        queues.breach.send({ body, by: 'a producer' })
      })
    }
  }
  for (const { person, at } of scenario.newPasswords) {
    timeline.at(startedAt + at, () => {
      stytch.choosePassword(person)
      note({ what: 'chose a password', person: `p${person}` })
    })
  }
  const { rotation, redriveAt } = scenario
  if (rotation) {
    timeline.at(startedAt + rotation.at, () => stytch.rotateSecret(SECOND_SECRET))
    timeline.at(startedAt + rotation.at + rotation.lag, () => secrets.set('stytch', toSecret(SECOND_SECRET)))
  }
  if (redriveAt !== undefined) timeline.at(startedAt + redriveAt, redrive)
  await timeline.run(startedAt + END_MS, () => journal.length > MAX_ENTRIES)
  return { scenario, deployment, world, journal }

  /** What a message move task does: the body as it is, a new SentTimestamp. */
  function redrive(): void {
    const letters = queues['dead-letter'].all()
    queues['dead-letter'].clear()
    for (const { body, id } of letters) queues.breach.send({ body, by: `redrive of ${id}` })
  }
}

/** Has both functions read their queues. */
export function startFunctions(world: World, seams: Seams): void {
  startMapping(world, {
    role: 'fan-out',
    queue: world.queues.breach,
    boot: (environment) => bootFanOut(world, environment, seams),
  })
  startMapping(world, {
    role: 'require-reset',
    queue: world.queues.reset,
    boot: (environment) => bootRequireReset(world, environment, seams),
  })
}

/** Lambda with its event source mapping: receives batches, and runs them in at most as many execution environments as the stage says. */
function startMapping(
  world: World,
  { role, queue, boot }: { role: Role; queue: Queue; boot: (environment: Environment) => Handle },
): void {
  const { timeline, dice, deployment } = world
  const { stage, settings, recycled } = deployment
  const idle: { environment: Environment; handle: Handle }[] = []
  const count = { busy: 0, invocations: 0, environments: 0 }
  let wakesAt = Number.POSITIVE_INFINITY

  queue.watch(wake)

  function wake(): void {
    const moment = Math.max(queue.nextVisibleAt(), timeline.now() + 1)
    if (isFull() || moment >= wakesAt || moment === Number.POSITIVE_INFINITY) return
    wakesAt = moment
    timeline.at(moment, () => {
      wakesAt = Number.POSITIVE_INFINITY
      if (isFull()) return
      const messages = queue.receive(settings.recordsPerBatch)
      if (messages.length > 0) invoke(messages)
      wake()
    })
  }

  const isFull = () => count.busy >= stage.maximumConcurrency

  function invoke(messages: readonly Stored[]): void {
    const warm = dice.roll('recycle') < recycled ? undefined : idle.pop()
    const { environment, handle } = warm ?? startAnother()
    count.busy++
    const id = `${role} ${++count.invocations}`
    runInvocation(world, { id, role, queue, messages, environment, handle, isFresh: !warm }, () => {
      count.busy--
      if (environment.isAlive()) idle.push({ environment, handle })
      wake()
    })
  }

  function startAnother() {
    const environment = createEnvironment(world, `${role}-${++count.environments}`)
    return { environment, handle: boot(environment) }
  }
}

const ACKNOWLEDGE: Record<Role, Step> = {
  'fan-out': 'acknowledge event',
  'require-reset': 'acknowledge chunk',
}
const SLOW_MS = 3900
const MAX_DELETE_MS = 30
/** Of a process that was badly deployed. */
const MAX_LIFE_MS = 1000

type Invocation = {
  id: string
  role: Role
  queue: Queue
  messages: readonly Stored[]
  environment: Environment
  handle: Handle
  isFresh: boolean
}

/** Runs one invocation to its end, which is the deletion of what was handled or the death of the process, and then says so once. */
function runInvocation(world: World, invocation: Invocation, onOver: () => void): void {
  const { timeline, dice, note, takeFault, deployment, scenario, startedAt } = world
  const { id, role, queue, messages, environment, handle, isFresh } = invocation
  const timeoutMs = deployment.stage.functionTimeoutSeconds * 1000
  const deadline = timeline.now() + timeoutMs
  const received = messages.map(({ id: message, receives }) => ({ message, receives }))
  let isOver = false

  environment.invocation = { id, show: () => queue.show(messages) }
  environment.whenCrashed(end)
  note({
    ...{ what: 'invoked', invocation: id, role, environment: environment.name },
    ...{ fresh: isFresh, received, deadline },
  })
  dieAt(deadline, 'timeout')
  if (isBadlyDeployed()) dieAt(timeline.now() + dice.between('bad deploy', 0, MAX_LIFE_MS), 'bad deploy')
  handle(toEvent(messages), timeoutMs).then(
    ({ batchItemFailures }) => {
      if (!environment.isAlive()) return
      const failures = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
      note({ what: 'ended', invocation: id, failures })
      const { acknowledged } = judgeResponse({
        messageIds: messages.map((message) => message.id),
        result: { kind: 'answered', payload: { batchItemFailures }, durationMs: 0 },
        reportBatchItemFailures: true,
      })
      acknowledge(messages.filter((message) => acknowledged.includes(message.id)))
    },
    (error) => environment.crash(`rejected: ${error instanceof Error ? error.message : error}`),
  )

  function acknowledge(handled: readonly Stored[]): void {
    const fault = takeFault(ACKNOWLEDGE[role])
    if (fault === 'crash before') environment.crash(ACKNOWLEDGE[role])
    if (!environment.isAlive()) return
    timeline.after(fault === 'slow' ? SLOW_MS : dice.between('delete', 1, MAX_DELETE_MS), () => {
      if (fault === 'delivered again') queue.show(handled)
      const wanted = fault === 'refused' ? [] : fault === 'partial' ? handled.slice(1) : handled
      note({ what: 'acknowledged', invocation: id, messages: queue.remove(wanted) })
      if (fault === 'crash after') environment.crash(ACKNOWLEDGE[role])
      end()
    })
  }

  function end(): void {
    if (isOver) return
    isOver = true
    onOver()
  }

  function dieAt(moment: number, why: string): void {
    timeline.at(moment, () => {
      if (!isOver) environment.crash(why)
    })
  }

  function isBadlyDeployed(): boolean {
    const since = timeline.now() - startedAt
    return scenario.badDeploys.some(
      (bad) => bad.role === role && bad.from <= since && since < bad.from + bad.lasts,
    )
  }
}

function toEvent(messages: readonly Stored[]): SQSEvent {
  const records = messages.map(({ id, body, sentAt, receives }) => ({
    messageId: id,
    body,
    attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receives) },
  }))
  return { Records: records } as unknown as SQSEvent
}
