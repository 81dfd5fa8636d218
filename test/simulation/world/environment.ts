import type { Effects } from '../../../functions/require-reset/environment.ts'
import type { FaultKind, Step } from '../scenario/arbitrary.ts'
import type { Answering, World } from './world.ts'

const MIN_LATENCY_MS = 1
const MAX_LATENCY_MS = 30
/** Under what the AWS clients wait for (aws-client.ts: two tries of two seconds). */
const SLOW_MS = 3900
const GIVES_UP_MS = 4100

export type Environment = ReturnType<typeof createEnvironment>

/** One execution environment: the process in which every request of a function starts, and with which it dies. */
export function createEnvironment(world: World, name: string) {
  const { timeline, dice, takeFault, note, brownOut, startedAt } = world
  let alive = true
  let onCrash = () => {}
  const environment = {
    name,
    /** What it works on now. */
    invocation: undefined as { id: string; show(): void } | undefined,
    isAlive: () => alive,
    whenCrashed: (listener: () => void) => {
      onCrash = listener
    },
    crash,
    perform,
    sleepAt,
  }
  return environment

  function crash(why: string): void {
    if (!alive) return
    alive = false
    note({ what: 'crashed', environment: name, invocation: environment.invocation?.id, why })
    onCrash()
  }

  /**
   * Makes a request of `step`: `serve` has the effect and returns the answer. Rejects when it was refused or not answered.
   * What a dead process is waiting for never comes; what it has sent arrives all the same.
   */
  function perform<Answer>(step: Step, serve: (answering: Answering) => Answer): Promise<Answer> {
    if (!alive) return new Promise(() => {})
    const fault = takeFault(step) ?? brownOutAt(step)
    if (fault === 'crash before') crash(step)
    if (!alive) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      timeline.after(dice.between('way there', MIN_LATENCY_MS, MAX_LATENCY_MS), () => {
        const answer = fault === 'refused' ? undefined : serveOrRefuse(step, serve, fault)
        if (fault === 'delivered again') environment.invocation?.show()
        if (fault === 'crash after') crash(step)
        const way = { slow: SLOW_MS, unanswered: GIVES_UP_MS }[String(fault)] ?? 0
        timeline.after(way + dice.between('way back', MIN_LATENCY_MS, MAX_LATENCY_MS), () => {
          if (!alive) return
          if (answer === undefined || fault === 'unanswered') reject(new Error(`${step}: ${fault}`))
          else resolve(answer)
        })
      })
    })
  }

  function serveOrRefuse<Answer>(
    step: Step,
    serve: (answering: Answering) => Answer,
    fault: FaultKind | undefined,
  ): Answer | undefined {
    try {
      return serve({ invocation: environment.invocation?.id ?? name, fault })
    } catch (error) {
      note({ what: 'never taken by AWS', step, why: String(error) })
      return undefined
    }
  }

  function brownOutAt(step: Step): FaultKind | undefined {
    const fault = brownOut(step, timeline.now() - startedAt)
    if (fault) note({ what: 'brownout', step, fault })
    return fault
  }

  /** `step` says what is waited for. */
  function sleepAt(step: Step): (ms: number) => Promise<void> {
    return (ms) => {
      if (!alive) return new Promise(() => {})
      const fault = takeFault(step)
      return new Promise((resolve) => {
        if (fault === 'crash before') timeline.after(ms / 2, () => crash(step))
        if (fault === 'delivered again') timeline.after(ms / 2, () => environment.invocation?.show())
        timeline.after(ms, () => alive && resolve())
      })
    }
  }
}

/** As in handler.ts: a secret is read again after five minutes, or when a fresh one is asked for. */
const MAX_AGE_MS = 300_000

/** Secrets Manager as one execution environment sees it, through its cache. */
export function createReadSecret(
  { secrets, timeline }: World,
  environment: Environment,
): Effects['readSecret'] {
  const cache = new Map<string, { text: string | undefined; readAt: number }>()
  return async (name, { fresh }) => {
    const cached = cache.get(name)
    if (cached && !fresh && timeline.now() - cached.readAt < MAX_AGE_MS) return cached.text
    const { text } = await environment.perform('read secret', () => ({ text: secrets.get(name) }))
    cache.set(name, { text, readAt: timeline.now() })
    return text
  }
}
