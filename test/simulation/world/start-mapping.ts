import type { SQSEvent } from 'aws-lambda'
import { judgeResponse } from '../../../infra/local/lambda/judge-response.ts'
import type { Step } from '../scenario/faults-at.ts'
import { createEnvironment, type Environment } from './create-environment.ts'
import type { Queue, Stored } from './create-queue.ts'
import type { Role } from './create-queue-client.ts'
import type { Handle } from './seams.ts'
import type { World } from './world.ts'

const ACKNOWLEDGE: Record<Role, Step> = {
  'fan-out': 'acknowledge event',
  'require-reset': 'acknowledge chunk',
}
const LONGEST_LIFE_MS = 1000

/** Lambda with its event source mapping: receives batches, runs them in execution environments, deletes what was handled. */
export function startMapping(
  world: World,
  { role, queue, boot }: { role: Role; queue: Queue; boot: (environment: Environment) => Handle },
): void {
  const { timeline, dice, note, takeFault, deployment } = world
  const { stage, settings, recycled } = deployment
  const idle: { environment: Environment; handle: Handle }[] = []
  let busy = 0
  let invocations = 0
  let environments = 0
  let wakesAt = Number.POSITIVE_INFINITY

  queue.watch(wake)

  function wake(): void {
    const moment = Math.max(queue.nextVisibleAt(), timeline.now() + 1)
    if (busy >= stage.maximumConcurrency || moment >= wakesAt || moment === Number.POSITIVE_INFINITY) return
    wakesAt = moment
    timeline.at(moment, () => {
      wakesAt = Number.POSITIVE_INFINITY
      if (busy >= stage.maximumConcurrency) return
      const messages = queue.receive(settings.recordsPerBatch)
      if (messages.length > 0) invoke(messages)
      wake()
    })
  }

  function invoke(messages: readonly Stored[]): void {
    busy++
    const warm = dice.roll('recycle') < recycled ? undefined : idle.pop()
    const { environment, handle } = warm ?? startAnother()
    const id = `${role} ${++invocations}`
    const timeoutMs = stage.functionTimeoutSeconds * 1000
    const deadline = timeline.now() + timeoutMs
    environment.invocation = { id, show: () => queue.show(messages) }
    note({
      what: 'invoked',
      invocation: id,
      role,
      environment: environment.name,
      fresh: !warm,
      received: messages.map(({ id: message, receives }) => ({ message, receives })),
      deadline,
    })
    let isOver = false
    const over = () => {
      if (isOver) return false
      isOver = true
      busy--
      wake()
      return true
    }
    environment.whenCrashed(over)
    timeline.at(deadline, () => {
      if (!isOver) environment.crash('timeout')
    })
    if (isBadlyDeployed()) {
      timeline.after(dice.between('bad deploy', 0, LONGEST_LIFE_MS), () => {
        if (!isOver) environment.crash('bad deploy')
      })
    }
    handle(toEvent(messages), timeoutMs).then(
      (response) => {
        if (!environment.isAlive()) return
        note({
          what: 'ended',
          invocation: id,
          failures: response.batchItemFailures.map((failure) => failure.itemIdentifier),
        })
        const messageIds = messages.map((message) => message.id)
        const result = { kind: 'answered', payload: response, durationMs: 0 } as const
        const { acknowledged } = judgeResponse({ messageIds, result, reportBatchItemFailures: true })
        acknowledge(messages.filter((message) => acknowledged.includes(message.id)))
      },
      (error) => environment.crash(`rejected: ${error instanceof Error ? error.message : error}`),
    )

    function acknowledge(handled: readonly Stored[]): void {
      const fault = takeFault(ACKNOWLEDGE[role])
      if (fault === 'crash before') environment.crash(ACKNOWLEDGE[role])
      if (!environment.isAlive()) return
      timeline.after(fault === 'slow' ? 3900 : dice.between('delete', 1, 30), () => {
        if (fault === 'delivered again') queue.show(handled)
        const deleted = fault === 'refused' ? [] : fault === 'partial' ? handled.slice(1) : handled
        note({ what: 'acknowledged', invocation: id, messages: queue.remove(deleted) })
        if (fault === 'crash after') environment.crash(ACKNOWLEDGE[role])
        if (over() && environment.isAlive()) idle.push({ environment, handle })
      })
    }
  }

  function isBadlyDeployed(): boolean {
    const since = timeline.now() - world.startedAt
    return world.scenario.badDeploys.some(
      (bad) => bad.role === role && bad.from <= since && since < bad.from + bad.lasts,
    )
  }

  function startAnother() {
    const environment = createEnvironment(world, `${role}-${++environments}`)
    return { environment, handle: boot(environment) }
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
