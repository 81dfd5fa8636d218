import { createEnvironment, type Environment } from './create-environment.ts'
import type { Queue, Stored } from './create-queue.ts'
import type { Role } from './create-queue-client.ts'
import { runInvocation } from './run-invocation.ts'
import type { Handle } from './seams.ts'
import type { World } from './world.ts'

/** Lambda with its event source mapping: receives batches, and runs them in at most as many execution environments as the stage says. */
export function startMapping(
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
