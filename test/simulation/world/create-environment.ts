import type { FaultKind, Step } from '../scenario/faults-at.ts'
import type { Stored } from './create-queue.ts'
import type { Answering, World } from './world.ts'

const FASTEST_MS = 1
const SLOWEST_MS = 30
/** Under what the AWS clients wait for (aws-client-limits.ts: two tries of two seconds). */
const SLOW_MS = 3900
const GIVES_UP_MS = 4100
const BROWNOUT: readonly FaultKind[] = ['slow', 'slow', 'refused', 'unanswered']

export type Environment = ReturnType<typeof createEnvironment>

/** One execution environment: the process in which every request of a function starts, and with which it dies. */
export function createEnvironment(world: World, name: string) {
  const { timeline, dice, takeFault, note, scenario, startedAt } = world
  let alive = true
  let onCrash = () => {}
  const environment = {
    name,
    /** What it works on now. */
    invocation: undefined as { id: string; show(messages?: readonly Stored[]): void } | undefined,
    isAlive: () => alive,
    whenCrashed: (listener: () => void) => {
      onCrash = listener
    },
    crash,
    perform,
    sleep,
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
    const fault = takeFault(step) ?? brownOut(step)
    if (fault === 'crash before') crash(step)
    if (!alive) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      timeline.after(dice.between('way there', FASTEST_MS, SLOWEST_MS), () => {
        const invocation = environment.invocation?.id ?? name
        const answer =
          fault === 'refused'
            ? undefined
            : serve({ invocation, partial: fault === 'partial', twice: fault === 'sent twice' })
        if (fault === 'delivered again') environment.invocation?.show()
        if (fault === 'crash after') crash(step)
        const way = { slow: SLOW_MS, unanswered: GIVES_UP_MS }[String(fault)] ?? 0
        timeline.after(way + dice.between('way back', FASTEST_MS, SLOWEST_MS), () => {
          if (!alive) return
          if (answer === undefined || fault === 'unanswered') reject(new Error(`${step}: ${fault}`))
          else resolve(answer)
        })
      })
    })
  }

  function brownOut(step: Step): FaultKind | undefined {
    const since = timeline.now() - startedAt
    if (!scenario.brownouts.some(({ from, lasts }) => from <= since && since < from + lasts)) return undefined
    const fault = BROWNOUT[dice.between('brownout', 0, 2 * BROWNOUT.length)]
    if (fault) note({ what: 'brownout', step, fault })
    return fault
  }

  function sleep(ms: number): Promise<void> {
    if (!alive) return new Promise(() => {})
    const fault = takeFault('wait')
    return new Promise((resolve) => {
      if (fault === 'crash before') timeline.after(ms / 2, () => crash('wait'))
      if (fault === 'delivered again') timeline.after(ms / 2, () => environment.invocation?.show())
      timeline.after(ms, () => alive && resolve())
    })
  }
}
