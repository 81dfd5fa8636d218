import { type Fact, fromItem } from '../../../lib/progress/fact.ts'
import { numbersIn, rowsOf, runsOf } from './runs.ts'
import { type EntryOf, type Invocation, KEPT_AS_SENT, type Trace } from './trace.ts'
import { runOf, textOf, trueEndsOf } from './true-ends.ts'

type Put = { fact: Fact; index: number }

const cache = new WeakMap<Trace, readonly Put[]>()

/** Each fact as it was put, with its place in the journal. */
export function factsOf(trace: Trace): readonly Put[] {
  const known = cache.get(trace)
  if (known) return known
  const facts = trace.run.journal.flatMap((entry, index) => {
    const fact = entry.what === 'fact put' ? fromItem(entry.item) : undefined
    return fact ? [{ fact, index }] : []
  })
  cache.set(trace, facts)
  return facts
}

/**
 * Every fact was true when it was put: each row it names had ended like that, a reset at the time that the ledger has for that event, and those that it says were passed on had been sent. What is accepted has the rows of its message, and says whose dead
 * letter it is.
 */
export function factsAreTrue(trace: Trace): string[] {
  const { settled, passedOn, admitted } = trueEndsOf(trace)
  const runs = runsOf(trace)
  const settledOf = Map.groupBy(settled, ({ run, row, lane }) => `${run} ${row} ${lane}`)
  const passedOnOf = Map.groupBy(passedOn, ({ run, row }) => `${run} ${row}`)
  const admittedOf = Map.groupBy(admitted, ({ run }) => run)
  const stored = [...trace.invocations.values()].flatMap((invocation) => invocation.stored)
  const times = new Set(stored.map(({ event, kind, resetAt }) => `${event} ${kind} ${resetAt}`))
  return factsOf(trace).flatMap((put) => [...wrongRows(put), ...wrongAdmission(put)])

  function wrongRows({ fact, index }: Put): string[] {
    const { run, by, event } = fact
    const lane = by === 'end-sessions' ? 'sessions' : 'reset'
    const ends = fact.ends.filter((end) => {
      const text = textOf(end)
      const known = settledOf.get(`${run} ${end.index} ${lane}`) ?? []
      const isTimed = end.kind !== 'reset' || times.has(`${event?.source} ${event?.id} reset ${end.at}`)
      return !isTimed || !known.some((one) => one.since < index && one.ends.includes(text))
    })
    const sent = fact.passedOn.filter(
      (row) => !passedOnOf.get(`${run} ${row}`)?.some(({ since }) => since < index),
    )
    return [
      ...ends.map(
        ({ index: row, kind, code }) => `${by} says that row ${row} of ${run} ended as ${kind} ${code}`,
      ),
      ...sent.map((row) => `${by} says that row ${row} of ${run} was passed on`),
    ]
  }

  function wrongAdmission({ fact, index }: Put): string[] {
    const { run, accepted, refused, by } = fact
    if (!accepted && !refused) return by === 'fan-out' ? [`fan-out says nothing of ${run}`] : []
    const was = (admittedOf.get(run) ?? []).filter(({ since }) => since < index)
    const isTrue = was.some(({ as }) =>
      as === 'accepted' ? accepted !== undefined : refused !== undefined && as.includes(refused.code),
    )
    const { of, rows } = accepted ?? refused ?? {}
    const known = KEPT_AS_SENT.includes(refused?.code ?? '') ? undefined : runs.get(run)
    const isSame = of === known?.of && numbersIn(rows).join() === (known ? rowsOf(known).join() : '')
    return isTrue && isSame ? [] : [`fan-out says of ${run} what it has not done, or of other rows`]
  }
}

/**
 * Facts come after everything else that an invocation does, and only about records that did not fail. A record fails for other reasons
 * only: before the first request about facts.
 */
export function factsComeLast({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap((one) => {
    const { invocation, keeping, sent, stored, noted, calls, asks, measured, failures } = one
    const [first] = keeping
    if (!first) return []
    const failed = measured.filter(({ name }) => name === 'RecordFailed')
    const failedBefore = failed.filter(({ index }) => index < first.index)
    const more = (failures?.length ?? 0) - failedBefore.length
    const later = [...sent, ...stored, ...noted, ...calls, ...asks, ...failed].filter(
      ({ index }) => index > first.index,
    )
    return [
      ...later.map(({ what }) => `${invocation} began with facts before "${what}"`),
      ...(more > 0 ? [`${invocation} failed ${more} records since it began with facts`] : []),
      ...factsOfFailed(one).map((run) => `${invocation} put a fact about ${run}, and its record failed`),
    ]
  })
}

function factsOfFailed({ messages, facts, failures }: Invocation): string[] {
  if (!failures) return []
  const settled = new Set(messages.filter(({ message }) => !failures.includes(message)).map(runOf))
  const runs = new Set(messages.map(runOf))
  return facts.map(runIn).filter((run) => runs.has(run) && !settled.has(run))
}

function runIn({ item }: EntryOf<'fact put'>): string {
  return item.fact?.S?.split(' ')[0] ?? ''
}

const MAX_MS = 2000
/** A sleeper can wake up late, and the answer takes its way. */
const LATE_MS = 150

/** Facts take an invocation two seconds at most, and never the rest of its time. */
export function factsDelayNothing({ invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ invocation, keeping, endedAt, crashed, deadline }) => {
    const [first] = keeping
    if (!first) return []
    const tookMs = (endedAt ?? first.at) - first.at
    const isTimedOut = endedAt === undefined && crashed?.why === 'timeout' && first.at < deadline - LATE_MS
    return tookMs > MAX_MS + LATE_MS || isTimedOut ? [`${invocation} kept facts for ${tookMs} ms`] : []
  })
}
