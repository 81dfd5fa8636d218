import { groupBy } from '../../lib/flow/node-20.ts'
import type { End, Fact } from '../../lib/progress/fact.ts'
import { isEnded, type Row, type RunState, toRunState, toRunStates } from '../../lib/progress/run-state.ts'

/**
 * An event as it was sent once: what became of its rows, redrives of its dead letters included, and each redrive by itself. One that was refused is
 * `refused` until a redrive of it is accepted.
 */
export type Delivery = RunState & { redrives: readonly RunState[] }

/** The deliveries that facts of one event are about, the earliest first. */
export function toDeliveries(facts: readonly Fact[]): Delivery[] {
  const rootOf = createRootOf(facts)
  const families = groupBy(facts, ({ run }) => rootOf(run))
  return toRunStates(facts).flatMap(({ run }) => {
    const family = families.get(run)
    return family ? [toDelivery(run, family)] : []
  })
}

function toDelivery(run: string, family: readonly Fact[]): Delivery {
  const redrives = toRunStates(family.filter((fact) => fact.run !== run))
  const state = toRunState(family.map((fact) => (fact.run === run ? fact : asRedriven(fact, run))))
  const redriven = redrives.map(({ rows }) => new Map(rows.map((row) => [row.index, row])))
  const rows = rowsOf(state, redrives).map((row) => {
    const again = redriven.findLast((byIndex) => byIndex.has(row.index))?.get(row.index)
    return again ? withRedrive(row, again) : row
  })
  const isOpen = redrives.some((redrive) => redrive.state === 'open') || !rows.every(isEnded)
  const accepted = state.accepted ?? acceptedByRedrive(state, redrives)
  return {
    ...state,
    accepted,
    rows,
    state: accepted ? (isOpen ? 'open' : 'finished') : state.state,
    redrives,
  }
}

/** While no fact says which rows were sent, those that its redrives are about are known to be among them. */
function rowsOf({ accepted, refused, rows }: RunState, redrives: readonly RunState[]): readonly Row[] {
  if (accepted || refused) return rows
  const added = redrives.flatMap((redrive) => redrive.rows.map(({ index }) => ({ index, isPassedOn: false })))
  const byIndex = new Map([...added, ...rows].map((row) => [row.index, row]))
  return [...byIndex.values()].toSorted((a, b) => a.index - b.index)
}

/** What is known of an event that was refused as a whole, and then accepted in redrives. */
function acceptedByRedrive(
  { refused }: RunState,
  redrives: readonly RunState[],
): RunState['accepted'] | undefined {
  const first = redrives.find(({ accepted }) => accepted)?.accepted
  if (!refused || !first) return undefined
  const { rows, sender } = refused
  return { ...first, rows, sender, of: refused.of }
}

/** What a redrive found out, as part of the delivery that it belongs to. */
function asRedriven(fact: Fact, run: string): Fact {
  return { ...fact, run, accepted: undefined, refused: undefined }
}

/** A row that is dead-lettered after all deliveries of it, or whose fact was lost: as its last redrive left it, which may still be open. */
function withRedrive(row: Row, again: Row): Row {
  const { index, isPassedOn, ...ends } = row
  const reset = !ends.reset || isDeadLettered(ends.reset) ? again.reset : ends.reset
  const isSettled = !isDeadLettered(ends.sessions) || isEnded(again)
  const sessions = isDeadLettered(ends.sessions) ? (again.sessions ?? ends.sessions) : ends.sessions
  return { index, isPassedOn, ...(reset && { reset }), ...(isSettled && sessions && { sessions }) }
}

const isDeadLettered = (end: End | undefined) => end?.kind === 'dead_lettered'

/**
 * Returns a function that names the first run of a delivery, given any run of it. A redrive whose first run is not known is a delivery by
 * itself. What a redrive says of where it comes from came with its message: it may be wrong, and lead in a circle.
 */
function createRootOf(facts: readonly Fact[]): (run: string) => string {
  const known = new Set(facts.map(({ run }) => run))
  const parents = new Map<string, string>()
  for (const { run, accepted, refused } of facts) {
    const parent = (accepted ?? refused)?.of
    if (parent !== undefined && known.has(parent)) parents.set(run, parent)
  }
  return (run) => {
    const line = new Set<string>()
    let last = run
    for (let at: string | undefined = run; at !== undefined; at = parents.get(at)) {
      if (line.has(at)) return firstOf(line, at)
      line.add(at)
      last = at
    }
    return last
  }
}

/** Of runs that name each other in a circle, the same one wherever the line comes in. */
function firstOf(line: ReadonlySet<string>, entry: string): string {
  const runs = [...line]
  return runs.slice(runs.indexOf(entry)).toSorted()[0] ?? entry
}
