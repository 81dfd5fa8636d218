import type { AwsCall, TapDecision } from '../../../infra/local/tap.ts'
import { AWS_FAULTS, type AwsFault } from './aws-faults.ts'

export type AwsChaos = {
  /** Has the fault of this name hit so many of the next requests that it can hit. */
  arm(name: string, times: number): void
  disarm(): void
  decide(call: AwsCall): Promise<TapDecision>
  /** How often each fault hit, by name. */
  hits(): ReadonlyMap<string, number>
}

/** Of the requests that a fault can hit. */
const HIT_SHARE = 0.5

/** Lets AWS misbehave as it is armed to, at most one fault for a request, those that can hit few kinds of request before the others. `sleep` in ms; `random` gives 0 to 1, 1 excluded. */
export function createAwsChaos(deps: {
  sleep: (ms: number) => Promise<void>
  random: () => number
}): AwsChaos {
  const hits = new Map<string, number>()
  let armed: { name: string; fault: AwsFault; left: number }[] = []

  return {
    arm(name, times) {
      const fault = AWS_FAULTS[name]
      if (!fault) throw new Error(`there is no fault ${name}`)
      if (armed.some((other) => other.name === name)) return
      const entry = { name, fault, left: times }
      armed = fault.actions ? [entry, ...armed] : [...armed, entry]
    },
    disarm: () => {
      armed = []
    },
    async decide(call) {
      const entry = armed.find(({ fault }) => canHit(fault, call) && deps.random() < HIT_SHARE)
      if (!entry) return 'pass'
      entry.left -= 1
      armed = armed.filter(({ left }) => left > 0)
      hits.set(entry.name, (hits.get(entry.name) ?? 0) + 1)
      if (entry.fault.waitMs) await deps.sleep(entry.fault.waitMs)
      return entry.fault.decision
    },
    hits: () => hits,
  }
}

function canHit({ service, actions, decision }: AwsFault, call: AwsCall): boolean {
  const hasRest = typeof decision !== 'object' || !('firstEntries' in decision) || countEntries(call) > 1
  return service === call.service && (actions?.includes(call.action) ?? true) && hasRest
}

function countEntries({ body }: AwsCall): number {
  const { Entries = [], RequestItems = {} } = body as {
    Entries?: unknown[]
    RequestItems?: Record<string, unknown[]>
  }
  return [Entries, ...Object.values(RequestItems)].reduce((sum, { length }) => sum + length, 0)
}
