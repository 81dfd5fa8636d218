import { type Delivery, toDeliveries } from '../../../cli/progress/deliveries.ts'
import type { End } from '../../../lib/progress/fact.ts'
import { eventKey, fromItem } from '../../../lib/progress/fact.ts'
import { rowsOf, runsOf } from './runs.ts'
import { KEPT_AS_SENT, type Trace } from './trace.ts'
import { rankOf, type Settled, textOf, trueEndsOf } from './true-ends.ts'

/**
 * At the end the facts of an event, taken together by index over a delivery and its redrives, say of each row what really became of it, the
 * best of its ends, unless the fact was lost and counted. A redriven dead letter is no delivery of its own.
 */
export function countsAreTrue(trace: Trace): string[] {
  const { admitted, settled, passedOn } = trueEndsOf(trace)
  const runs = runsOf(trace)
  const facts = trace.run.world.progress.all().flatMap((item) => fromItem(item) ?? [])
  const withFacts = new Set(facts.map(({ run }) => run))
  const read = admitted.filter(
    ({ isKept, as }) => isKept && (as === 'accepted' || !as.some((code) => KEPT_AS_SENT.includes(code))),
  )
  const readRuns = new Set(read.map(({ run }) => run))
  const settledOf = Map.groupBy(settled, ({ run }) => run)
  const passedOnOf = Map.groupBy(passedOn, ({ run }) => run)
  const deliveries = [...Map.groupBy(facts, ({ event }) => eventKey(event)).values()].flatMap(toDeliveries)
  const unknown = admitted.filter(({ isKept, run }) => isKept && !withFacts.has(run))
  const none = unknown.map(({ run }) => `there is no fact about ${run}`)
  const wrong = deliveries.flatMap((delivery) => [
    ...wrongFamily(delivery),
    ...wrongRows(delivery),
    ...wrongEnds(delivery, 'reset'),
    ...wrongEnds(delivery, 'sessions'),
    ...wrongPassedOn(delivery),
  ])
  return [...none, ...wrong]

  function wrongFamily({ run, redrives }: Delivery): string[] {
    const parent = runs.get(run)?.of ?? ''
    const isOfAnother = withFacts.has(parent) && readRuns.has(run)
    const strangers = redrives.filter((redrive) => !isBehind(redrive.run, run))
    return [
      ...(isOfAnother ? [`${run} is counted as a delivery, and is a redrive of ${parent}`] : []),
      ...strangers.map((redrive) => `${redrive.run} is counted as a redrive of ${run}`),
    ]
  }

  function isBehind(run: string, root: string): boolean {
    const parent = runs.get(run)?.of
    return parent !== undefined && (parent === root || isBehind(parent, root))
  }

  function wrongRows({ run, rows }: Delivery): string[] {
    const known = runs.get(run)
    if (!known || !readRuns.has(run)) return []
    const [is, should] = [rows.map(({ index }) => index).join(), rowsOf(known).join()]
    return is === should ? [] : [`${run} has the rows ${should}, and its facts ${is}`]
  }

  function familyOf({ run, redrives }: Delivery): string[] {
    return [run, ...redrives.map((redrive) => redrive.run)]
  }

  function wrongEnds(delivery: Delivery, lane: 'reset' | 'sessions'): string[] {
    const own = familyOf(delivery).flatMap((run) => settledOf.get(run) ?? [])
    const byRow = Map.groupBy(
      own.filter((one) => one.lane === lane),
      ({ row }) => row,
    )
    const said = new Map(delivery.rows.map((row) => [row.index, row[lane]]))
    return [...new Set([...byRow.keys(), ...said.keys()])]
      .filter((row) => {
        const ends = byRow.get(row) ?? []
        return said.get(row) ? !isTrue(said.get(row), ends) : isClosed(delivery, row, ends)
      })
      .map((row) => {
        const ends = (byRow.get(row) ?? []).map((one) => one.ends.join(' or '))
        return `row ${row} of ${delivery.run} ended (${lane}) as ${ends.join(', ')}, and its facts say ${textOf(said.get(row) ?? NOTHING)}`
      })
  }

  function wrongPassedOn(delivery: Delivery): string[] {
    const own = familyOf(delivery).flatMap((run) => passedOnOf.get(run) ?? [])
    const sent = new Set(own.map(({ row }) => row))
    const kept = new Set(own.filter(({ isKept }) => isKept).map(({ row }) => row))
    return delivery.rows
      .filter(({ index, isPassedOn }) => (isPassedOn ? !sent.has(index) : kept.has(index)))
      .map(({ index }) => `the facts of ${delivery.run} are wrong about whether row ${index} was passed on`)
  }
}

const NOTHING = { kind: 'nothing', code: '' }

/** Whether a row must have an end. One that was dead-lettered has none as long as its latest redrive has none. */
function isClosed({ run, redrives }: Delivery, row: number, settled: readonly Settled[]): boolean {
  const kept = settled.filter(({ isKept }) => isKept)
  const latest = redrives.findLast(({ rows }) => rows.some(({ index }) => index === row))?.run ?? run
  const isLetter = ({ ends }: Settled) => ends.some((end) => end.startsWith('dead_lettered'))
  return kept.some((one) => one.run === latest || !isLetter(one))
}

function isTrue(said: End | undefined, settled: readonly Settled[]): boolean {
  const kept = settled.filter(({ isKept }) => isKept)
  const text = said ? textOf(said) : ''
  const worstAllowed = Math.min(...kept.map(({ ends }) => Math.max(...ends.map(rankOf))))
  return settled.some(({ ends }) => ends.includes(text)) && rankOf(text) <= worstAllowed
}
