import { runsOf } from '../invariants/runs.ts'
import type { Trace } from '../invariants/trace.ts'
import { trueEndsOf } from '../invariants/true-ends.ts'

/** Counts what was kept and said of the runs, and what it met. */
export function countFacts(trace: Trace) {
  const { run, messages } = trace
  const { journal, scenario } = run
  const { admitted, losing } = trueEndsOf(trace)
  const runs = [...runsOf(trace).values()]
  const accepted = new Set(admitted.flatMap((one) => (one.as === 'accepted' ? [one.run] : [])))
  const refused = new Set(admitted.flatMap((one) => (one.as === 'accepted' ? [] : [one.run])))
  const moved = new Set(
    journal.flatMap((entry) =>
      entry.what === 'moved to the dead-letter queue by SQS' && entry.queue !== 'breach'
        ? [entry.message]
        : [],
    ),
  )
  const isMoved = (by: string) => moved.has(by.replace('redrive of ', ''))
  const said = (type: string) =>
    journal.filter((entry) => entry.what === 'said' && entry.type.includes(type)).length
  const lost = journal.filter((entry) => entry.what === 'measured' && entry.name === 'ProgressLost')
  const redriven = runs.filter(({ of }) => of !== undefined)
  return {
    'facts put': journal.filter(({ what }) => what === 'fact put').length,
    'facts and events lost': lost.length,
    'runs accepted': accepted.size,
    'runs that have lost something': losing.size,
    'runs refused after they were accepted': [...refused].filter((name) => accepted.has(name)).length,
    'runs that are redrives': redriven.length,
    'runs that are redrives of redrives': redriven.filter(
      ({ of = '' }) => runsOf(trace).get(of)?.of !== undefined,
    ).length,
    'runs that are redrives of what SQS moved': [...messages.values()].filter(
      ({ queue, by }) => queue === 'breach' && by.startsWith('redrive') && isMoved(by),
    ).length,
    'events that say accepted': said('accepted'),
    'events that say refused': said('refused'),
    'events that say finished': said('finished'),
    'stages without a bus': scenario.hasBus ? 0 : 1,
  }
}
