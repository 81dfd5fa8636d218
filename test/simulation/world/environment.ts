import type { Effects } from '../../../functions/require-reset/environment.ts'
import { describeError } from '../../../lib/observability/describe-error.ts'
import type { MetricName, Observe } from '../../../lib/observability/observe.ts'
import { type Brownout, DOWN, FAULTS_AT, type FaultKind, isOngoing, type Step } from '../scenario/faults.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Note } from './journal.ts'
import type { Random, Timeline } from './timeline.ts'

const MIN_LATENCY_MS = 1
const MAX_LATENCY_MS = 30
const MAX_LATE_MS = 60

/** After how long a slow request is answered, and an unanswered one given up. */
type Patience = { slowMs: number; givesUpMs: number }
/** As the AWS clients wait (aws-client.ts: two tries of two seconds). */
const LONG: Patience = { slowMs: 3900, givesUpMs: 4100 }
/** As those wait that keep facts (lib/progress/effects.ts: two tries of a second and a half). */
export const SHORT: Patience = { slowMs: 1400, givesUpMs: 3100 }

/** What every part of the simulated world runs on. */
export type Engine = { startedAt: number; timeline: Timeline; random: Random; note: Note; faults: Faults }

/** How a request is served: for which invocation, and with which fault. */
export type Serving = { invocation: string; fault: FaultKind | undefined }

export type Environment = ReturnType<typeof createEnvironment>

/** Creates one execution environment: the process in which every request of a function starts, and with which it dies. */
export function createEnvironment({ timeline, random, faults, note }: Engine, name: string) {
  const clocks = createClocks(timeline, random.next('stands still') < 0.5)
  let alive = true
  let onCrash = () => {}
  const environment = {
    name,
    /** What it works on now; `show` makes its messages visible again. */
    invocation: undefined as { id: string; show(): void } | undefined,
    isAlive: () => alive,
    whenCrashed: (listener: () => void) => {
      onCrash = listener
    },
    now: clocks.now,
    monotonic: clocks.monotonic,
    freeze: clocks.freeze,
    thaw: clocks.thaw,
    setClock,
    crash,
    perform,
    sleepAt,
  }
  return environment

  function setClock(by: number): void {
    clocks.set(by)
    note({ what: 'clock set', environment: name, by })
  }

  function crash(why: string): void {
    if (!alive) return
    alive = false
    note({ what: 'crashed', environment: name, invocation: environment.invocation?.id, why })
    onCrash()
  }

  /**
   * Makes a request of `step`: `serve` has the effect and returns the answer. Rejects when it was refused or not answered.
   * A dead process never gets an answer, but what it has sent still arrives.
   */
  function perform<Answer>(
    step: Step,
    serve: (serving: Serving) => Answer,
    { slowMs, givesUpMs } = LONG,
  ): Promise<Answer> {
    if (!alive) return new Promise(() => {})
    const fault = faults.planned(step) ?? faults.brownout(step)
    if (fault === 'crash before') crash(step)
    if (!alive || fault === 'swallowed') return new Promise(() => {})
    return new Promise((resolve, reject) => {
      timeline.after(random.between('way there', MIN_LATENCY_MS, MAX_LATENCY_MS), () => {
        const serving = { invocation: environment.invocation?.id ?? name, fault }
        const answer = fault === 'refused' ? undefined : serveOrReject(() => serve(serving), step, note)
        if (fault === 'delivered again') environment.invocation?.show()
        if (fault === 'crash after') crash(step)
        const delay = { slow: slowMs, unanswered: givesUpMs }[String(fault)] ?? 0
        timeline.after(delay + random.between('way back', MIN_LATENCY_MS, MAX_LATENCY_MS), () => {
          if (!alive) return
          if (answer === undefined || fault === 'unanswered') reject(new Error(`${step}: ${fault}`))
          else resolve(answer)
        })
      })
    })
  }

  /** How late a sleeper wakes up: the process can be busy. */
  function lateness(): number {
    return random.next('late') < 0.9 ? 0 : random.between('late', 1, MAX_LATE_MS)
  }

  /** Returns how the functions sleep; `step` says what they wait for. What outlives its invocation can do no harm to the next one. */
  function sleepAt(step?: Step): (ms: number) => Promise<void> {
    return (ms) => {
      if (!alive) return new Promise(() => {})
      const fault = step && faults.planned(step)
      const { invocation } = environment
      const isOngoing = () => invocation !== undefined && invocation === environment.invocation
      return new Promise((resolve) => {
        if (step && fault === 'crash before') timeline.after(ms / 2, () => isOngoing() && crash(step))
        if (fault === 'delivered again') timeline.after(ms / 2, () => environment.invocation?.show())
        timeline.after(ms + lateness(), () => alive && resolve())
      })
    }
  }
}

/** The two clocks of a process, right at first. Lambda freezes it between two invocations; `standsStill`: then its monotonic clock stands still. */
function createClocks({ now }: Timeline, standsStill: boolean) {
  let ahead = 0
  let frozenMs = 0
  let frozenAt: number | undefined
  return {
    now: () => now() + ahead,
    monotonic: () => (frozenAt ?? now()) - frozenMs,
    set: (by: number) => {
      ahead += by
    },
    freeze: () => {
      if (standsStill) frozenAt = now()
    },
    thaw: () => {
      if (frozenAt !== undefined) frozenMs += now() - frozenAt
      frozenAt = undefined
    },
  }
}

/** Undefined when AWS would reject the request whatever the circumstances. */
function serveOrReject<Answer>(serve: () => Answer, step: Step, note: Note): Answer | undefined {
  try {
    return serve()
  } catch (error) {
    note({ what: 'rejected by AWS', step, why: String(error) })
    return undefined
  }
}

export type Faults = {
  /** The fault that the scenario plans for this time that `step` is taken. */
  planned(step: Step): FaultKind | undefined
  /** What goes wrong with a request to AWS that is made now, because AWS has a bad day. */
  brownout(step: Step): FaultKind | undefined
}

const MIXED: readonly FaultKind[] = ['slow', 'slow', 'refused', 'unanswered', 'partial']
const SHARE = { mixed: 0.5, partial: 0.9 }

/** Creates what counts how often each step is taken and returns, and notes, the fault of this time. */
export function createFaults(
  scenario: Pick<Scenario, 'faults' | 'brownouts'>,
  { startedAt, timeline, random, note }: Omit<Engine, 'faults'>,
): Faults {
  const taken = new Map<Step, number>()

  function planned(step: Step): FaultKind | undefined {
    const nth = taken.get(step) ?? 0
    taken.set(step, nth + 1)
    const fault = scenario.faults.find((one) => one.step === step && one.nth === nth)?.kind
    if (fault) note({ what: 'fault', step, fault })
    return fault
  }

  function brownout(step: Step): FaultKind | undefined {
    const ongoing = scenario.brownouts.find((one) => isOngoing(one, timeline.now() - startedAt))
    const fault = ongoing && faultOf(ongoing, step)
    const possible: readonly FaultKind[] = FAULTS_AT[step]
    if (!fault || !possible.includes(fault)) return undefined
    note({ what: 'brownout', step, fault })
    return fault
  }

  function faultOf({ as }: Brownout, step: Step): FaultKind | undefined {
    if (as !== 'mixed' && as !== 'partial') {
      const { steps, fault } = DOWN[as]
      return steps.includes(step) ? fault : undefined
    }
    if (random.next('brownout') >= SHARE[as]) return undefined
    return as === 'partial' ? 'partial' : MIXED[random.between('brownout', 0, MIXED.length - 1)]
  }

  return { planned, brownout }
}

/** As in handler.ts: a secret is read again after five minutes, or when a fresh one is requested. */
const MAX_AGE_MS = 300_000

/** Creates Secrets Manager as one execution environment sees it, through its cache. */
export function createReadSecret(
  { secrets }: { secrets: ReadonlyMap<string, string> },
  environment: Environment,
  step: Step,
): Effects['readSecret'] {
  const cache = new Map<string, { text: string | undefined; readAt: number }>()
  return async (name, { fresh }) => {
    const cached = cache.get(name)
    if (cached && !fresh && environment.now() - cached.readAt < MAX_AGE_MS) return cached.text
    const { text } = await environment.perform(step, () => ({ text: secrets.get(name) }))
    cache.set(name, { text, readAt: environment.now() })
    return text
  }
}

/** Receives each metric of a living process, with the name of its environment. */
export type OnMeasure = (environment: string, name: MetricName, value: number) => void

/** Creates what writes the logs of a function to the journal, as long as its process lives. */
export function createRecorder(
  { note }: { note: Note },
  environment: Environment,
  onMeasure: OnMeasure = () => {},
): Observe {
  const log = (...parts: unknown[]) => {
    if (environment.isAlive()) note({ what: 'output', text: JSON.stringify(parts) })
  }
  return {
    outcome: (line) => {
      if (environment.isAlive())
        note({ what: 'outcome', invocation: environment.invocation?.id ?? environment.name, line })
    },
    measure: (name, value) => {
      if (!environment.isAlive()) return
      onMeasure(environment.name, name, value)
      if (name === 'ProgressLost' || name === 'RecordFailed')
        note({ what: 'measured', invocation: environment.invocation?.id ?? environment.name, name })
    },
    note: log,
    failure: (message, error) => log(message, describeError(error)),
  }
}
