import type { Fact } from '../../lib/progress/fact.ts'
import { type RunState, toRunState, toRunStates } from '../../lib/progress/run-state.ts'

/** An event as it was sent once: what became of its rows, redrives of its dead letters included, and each redrive by itself. */
export type Delivery = RunState & { redrives: readonly RunState[] }

/** The deliveries that facts of one event are about, the earliest first. */
export function toDeliveries(facts: readonly Fact[]): Delivery[] {
  const parents = new Map(
    facts.flatMap(({ run, accepted, refused }) => {
      const of = (accepted ?? refused)?.of
      return of === undefined ? [] : [[run, of]]
    }),
  )
  const known = new Set(facts.map(({ run }) => run))
  const rootOf = (run: string): string => {
    const parent = parents.get(run)
    return parent !== undefined && parent !== run && known.has(parent) ? rootOf(parent) : run
  }
  return toRunStates(facts)
    .filter(({ run }) => rootOf(run) === run)
    .map(({ run: root }) => {
      const family = facts.filter(({ run }) => rootOf(run) === root)
      const redrives = toRunStates(family.filter(({ run }) => run !== root))
      const state = toRunState(family.map((fact) => (fact.run === root ? fact : asRedriven(fact, root))))
      const isRedriving = state.state === 'finished' && redrives.some((redrive) => redrive.state === 'open')
      return { ...state, state: isRedriving ? 'open' : state.state, redrives }
    })
}

/** What a redrive found out, as part of the delivery that it belongs to. */
function asRedriven(fact: Fact, run: string): Fact {
  return { ...fact, run, accepted: undefined, refused: undefined }
}
