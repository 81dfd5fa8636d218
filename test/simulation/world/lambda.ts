import type { SQSEvent } from 'aws-lambda'
import { judgeResponse } from '../../../infra/local/lambda/judge-response.ts'
import type { Mode } from '../../../lib/contract/breach-event.ts'
import { isOngoing, type Step } from '../scenario/faults.ts'
import { bootEndSessions, bootFanOut, bootRequireReset, type Handle, type Seams } from './boot.ts'
import { createEnvironment, type Environment } from './environment.ts'
import type { Role } from './journal.ts'
import type { Queue, Stored } from './queue.ts'
import type { World } from './world.ts'

/** Lets the functions receive from their queues, from now on. */
export function startFunctions(world: World, seams: Seams): void {
  const { stage, settings } = world.deployment
  const { recordsPerBatch, sessions } = settings
  const asEver = { recordsPerBatch, windowMs: 0, concurrency: stage.maximumConcurrency }
  startMapping(world, {
    ...asEver,
    role: 'fan-out',
    queue: world.queues.breach,
    boot: (environment) => bootFanOut(world, environment, seams),
  })
  startMapping(world, {
    ...asEver,
    role: 'require-reset',
    queue: world.queues.reset,
    boot: (environment) => bootRequireReset(world, environment, seams),
  })
  if (sessions)
    startMapping(world, {
      ...{ ...sessions, windowMs: sessions.windowSeconds * 1000 },
      role: 'end-sessions',
      queue: world.queues.sessions,
      boot: (environment) => bootEndSessions(world, environment, sessions, seams),
    })
}

/** `windowMs`: how long it gathers messages for a batch that is not full. */
type Mapping = {
  role: Role
  queue: Queue
  boot: (environment: Environment) => Handle
  recordsPerBatch: number
  windowMs: number
  concurrency: number
}

/**
 * Starts an event source mapping: it receives batches and invokes the function with them, in as many execution environments
 * at once as the stage allows.
 */
function startMapping(world: World, mapping: Mapping): void {
  const { role, queue, boot, recordsPerBatch, windowMs, concurrency } = mapping
  const { timeline, random, deployment, scenario, startedAt } = world
  const { recycled } = deployment
  let gathered: Stored[] = []
  let closesAt = Number.POSITIVE_INFINITY
  /** `mode`: of the stage when it was started. Another one is deployed. */
  const idle: { environment: Environment; handle: Handle; mode: Mode }[] = []
  const lastUsed: Environment[] = []
  const count = { busy: 0, invocations: 0, environments: 0 }
  let wakesAt = Number.POSITIVE_INFINITY

  queue.watch(wake)
  if (scenario.rehearsal) timeline.at(startedAt + scenario.rehearsal.until, () => void idle.splice(0))
  for (const { at, by, environment, role: steps } of scenario.clockSteps)
    if (steps === role)
      timeline.at(startedAt + at, () => {
        const living = lastUsed.filter((one) => one.isAlive())
        living.at(-1 - environment)?.setClock(by)
      })

  function wake(): void {
    const moment = Math.max(Math.min(queue.nextVisibleAt(), closesAt), timeline.now() + 1)
    if (isFull() || moment >= wakesAt || moment === Number.POSITIVE_INFINITY) return
    wakesAt = moment
    timeline.at(moment, () => {
      const messages = isFull() ? [] : gather()
      // Not before: what the receive changes must not schedule another wake-up.
      wakesAt = Number.POSITIVE_INFINITY
      if (messages.length > 0) invoke(messages)
      wake()
    })
  }

  /** Returns a batch that is full or has waited long enough, otherwise nothing. */
  function gather(): readonly Stored[] {
    const more = queue.receive(recordsPerBatch - gathered.length)
    const ids = new Set(more.map(({ id }) => id))
    gathered = [...gathered.filter(({ id }) => !ids.has(id)), ...more]
    if (gathered.length > 0) closesAt = Math.min(closesAt, timeline.now() + windowMs)
    if (gathered.length < recordsPerBatch && timeline.now() < closesAt) return []
    const batch = gathered
    gathered = []
    closesAt = Number.POSITIVE_INFINITY
    return batch
  }

  const isFull = () => count.busy >= concurrency

  function invoke(messages: readonly Stored[]): void {
    const warm = random.next('recycle') < recycled ? undefined : idle.pop()
    const started = warm ?? startAnother()
    const { environment, handle, mode } = started
    if (warm) lastUsed.splice(lastUsed.indexOf(environment), 1)
    lastUsed.push(environment)
    count.busy++
    const id = `${role} ${++count.invocations}`
    runInvocation(world, { id, role, queue, messages, environment, handle, mode, isFresh: !warm }, () => {
      count.busy--
      if (environment.isAlive() && mode === world.mode()) idle.push(started)
      wake()
    })
  }

  function startAnother() {
    const environment = createEnvironment(world, `${role}-${++count.environments}`)
    return { environment, handle: boot(environment), mode: world.mode() }
  }
}

const ACKNOWLEDGE: Record<Role, Step> = {
  'fan-out': 'acknowledge event',
  'require-reset': 'acknowledge chunk',
  'end-sessions': 'acknowledge sessions',
}
const SLOW_MS = 3900
const MAX_DELETE_MS = 30
/** How long a badly deployed process lives at most. */
const MAX_LIFE_MS = 1000

type Invocation = {
  id: string
  role: Role
  queue: Queue
  messages: readonly Stored[]
  environment: Environment
  handle: Handle
  mode: Mode
  isFresh: boolean
}

/** Runs one invocation until what it handled is deleted or its process has died, and calls `onOver` once. */
function runInvocation(world: World, invocation: Invocation, onOver: () => void): void {
  const { timeline, note, deployment } = world
  const { id, role, queue, messages, environment, handle, mode, isFresh } = invocation
  const timeoutMs = deployment.stage.functionTimeout.toMilliseconds()
  const deadline = timeline.now() + timeoutMs
  const received = messages.map(({ id: message, receiveCount }) => ({ message, receives: receiveCount }))
  let isOver = false

  environment.invocation = { id, show: () => queue.show(messages) }
  environment.whenCrashed(end)
  environment.thaw()
  note({
    ...{ what: 'invoked', invocation: id, role, environment: environment.name },
    ...{ fresh: isFresh, received, deadline, clock: environment.now(), mode },
  })
  scheduleDeath(world, { role, deadline, die: (why) => !isOver && environment.crash(why) })
  handle(toEvent(messages), deadline - environment.now()).then(
    ({ batchItemFailures }) => {
      if (!environment.isAlive()) return
      note({
        ...{ what: 'ended', invocation: id },
        failures: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      })
      const { acknowledged } = judgeResponse({
        messageIds: messages.map((message) => message.id),
        result: { kind: 'answered', payload: { batchItemFailures }, durationMs: 0 },
        reportBatchItemFailures: true,
      })
      const handled = messages.filter((message) => acknowledged.includes(message.id))
      acknowledge(world, invocation, handled, end)
    },
    (error) => environment.crash(`rejected: ${error instanceof Error ? error.message : error}`),
  )

  function end(): void {
    if (isOver) return
    isOver = true
    if (environment.isAlive()) environment.invocation = undefined
    environment.freeze()
    onOver()
  }
}

/** Kills the process at its timeout, or soon when it was badly deployed. */
function scheduleDeath(
  { timeline, random, scenario, startedAt }: World,
  { role, deadline, die }: { role: Role; deadline: number; die: (why: string) => void },
): void {
  timeline.at(deadline, () => die('timeout'))
  const isBad = scenario.badDeploys.some(
    (deploy) => deploy.role === role && isOngoing(deploy, timeline.now() - startedAt),
  )
  if (isBad) timeline.after(random.between('bad deploy', 0, MAX_LIFE_MS), () => die('bad deploy'))
}

/** Deletes what was handled, as the event source mapping does; that request can fail too. */
function acknowledge(
  { timeline, random, note, faults }: World,
  { id, role, queue, environment }: Invocation,
  handled: readonly Stored[],
  onOver: () => void,
): void {
  const step = ACKNOWLEDGE[role]
  const fault = faults.planned(step)
  if (fault === 'crash before') environment.crash(step)
  if (!environment.isAlive()) return
  timeline.after(fault === 'slow' ? SLOW_MS : random.between('delete', 1, MAX_DELETE_MS), () => {
    if (fault === 'delivered again') queue.show(handled)
    const wanted = fault === 'refused' ? [] : fault === 'partial' ? handled.slice(1) : handled
    const deleted = wanted.filter((message) => queue.remove(message)).map((message) => message.id)
    note({ what: 'acknowledged', invocation: id, messages: deleted })
    if (fault === 'crash after') environment.crash(step)
    onOver()
  })
}

function toEvent(messages: readonly Stored[]): SQSEvent {
  const records = messages.map(({ id, body, sentAt, receiveCount, senderId }) => ({
    messageId: id,
    body,
    attributes: {
      ...{ SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receiveCount) },
      SenderId: senderId,
    },
  }))
  return { Records: records } as unknown as SQSEvent
}
