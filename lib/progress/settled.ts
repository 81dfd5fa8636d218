import type { StepEvent } from '../contract/breach-event.ts'
import type { End, Fact } from './fact.ts'

/** What a step has settled of one message. People of older versions, without an index, are left out. */
export type Settled = { event: StepEvent; ends: readonly End[]; passedOn: readonly number[] }

/** What an invocation of a step has found out, one fact for each run. Messages of older versions, and deferred people, are in none. */
export function toFacts(by: Fact['by'], settled: readonly Settled[], at: number): Fact[] {
  const byRun = Map.groupBy(settled, ({ event }) => event.resetrun)
  return [...byRun].flatMap(([run, some]) => {
    const [first] = some
    const ends = some.flatMap((one) => one.ends)
    const passedOn = some.flatMap((one) => one.passedOn)
    if (run === undefined || !first || ends.length + passedOn.length === 0) return []
    const { source, id } = first.event
    return [{ event: { source, id }, run, by, at, ends, passedOn }]
  })
}
