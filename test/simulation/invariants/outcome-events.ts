import { OutcomeEventSchema } from '../../../lib/contract/outcome-event.ts'
import { factsOf } from './facts.ts'
import { numbersIn, rowsOf, runsOf } from './runs.ts'
import { type EntryOf, KEPT_AS_SENT, type Trace } from './trace.ts'
import { type Lane, rankOf, type Settled, textOf, trueEndsOf } from './true-ends.ts'

type Counted = { count: number; rows: string }
type Lanes = { reset?: Counted; ended?: Counted; open: Counted; row_count: number } & Record<
  'skipped' | 'dead_lettered',
  { by_code: Record<string, Counted> }
>
type Data = Lanes & {
  run: string
  stage: string
  redrive_of?: string
  event?: { source: string; id: string }
  code?: string
  sessions: Lanes
}
type Said = EntryOf<'said'> & { kind: string; id: string; subject?: string; source: string; data: Data }

/** The outcome events that were on the bus, read as a consumer would. */
function saidIn({ run }: Trace): Said[] {
  return run.journal.flatMap((entry, index) => {
    if (entry.what !== 'said') return []
    const { id, type, data, subject, source } = JSON.parse(entry.detail)
    return [{ ...entry, index, kind: String(type).split(/[-.]/)[3] ?? '', id, data, subject, source }]
  })
}

/**
 * When an event says that a run is finished, every row of it has ended, as the event says: at Stytch with a ledger row, skipped, or on the
 * dead-letter queue; and so have the sessions of everyone passed on. (A message can be delivered twice: somebody who was on the dead-letter
 * queue by then, or was skipped while the stage was a dry run, may be passed on by the other delivery.)
 */
export function finishedIsTrue(trace: Trace): string[] {
  const { settled, passedOn } = trueEndsOf(trace)
  const settledOf = Map.groupBy(settled, ({ run }) => run)
  const passedOnOf = Map.groupBy(passedOn, ({ run }) => run)
  return saidIn(trace)
    .filter(({ kind }) => kind === 'finished')
    .flatMap((said) => {
      const { data, index } = said
      const run = runsOf(trace).get(data.run)
      const before = (settledOf.get(data.run) ?? []).filter(({ since }) => since < index)
      const endsOf = (lane: Lane) =>
        Map.groupBy(
          before.filter((one) => one.lane === lane),
          ({ row }) => row,
        )
      const [reset, sessions] = [endsOf('reset'), endsOf('sessions')]
      const open = (run ? rowsOf(run) : []).filter((row) => !reset.has(row))
      const waiting = (passedOnOf.get(data.run) ?? []).filter(
        ({ row, since }) => since < index && !sessions.has(row) && isByReset(reset.get(row)),
      )
      const isWrong = !run || data.row_count !== rowsOf(run).length
      return [
        ...open.map((row) => `${data.run} is said to be finished, and its row ${row} has not ended`),
        ...waiting.map(({ row }) => `${data.run} is said to be finished, and sessions of row ${row} go on`),
        ...(isWrong ? [`${data.run} is said to be finished with other rows`] : []),
        ...untrue(data, reset).map(
          (row) => `${data.run} is said to be finished, with a wrong end of row ${row}`,
        ),
        ...untrue(data.sessions, sessions).map(
          (row) => `${data.run} is said to be finished, with a wrong end of the sessions of row ${row}`,
        ),
        ...notTheBest(data, bestRead(trace, said)).map(
          (row) => `${data.run} is said to be finished, with a worse end of row ${row} than is known`,
        ),
      ]
    })
}

/** Whether nothing but a reset, or what stands for one, can have ended a row. */
function isByReset(of: readonly Settled[] = []): boolean {
  return of.length > 0 && of.every(({ ends }) => ends.every((end) => !/^dead_lettered|dry_run$/.test(end)))
}

/** The best end of each row in the facts that were there when the invocation which says so began to read. */
function bestRead(trace: Trace, { invocation, data }: Said): ReadonlyMap<number, number> {
  const { keeping = [] } = trace.invocations.get(invocation) ?? {}
  const readAt = keeping.find(({ step }) => step === 'read run')?.index ?? 0
  const best = new Map<number, number>()
  for (const { fact, index } of factsOf(trace))
    if (fact.run === data.run && fact.by !== 'end-sessions' && index < readAt)
      for (const end of fact.ends)
        best.set(end.index, Math.min(rankOf(textOf(end)), best.get(end.index) ?? Number.POSITIVE_INFINITY))
  return best
}

function notTheBest(data: Data, best: ReadonlyMap<number, number>): number[] {
  return [...endsIn(data)]
    .filter(([row, end]) => rankOf(end) > (best.get(row) ?? rankOf(end)))
    .map(([row]) => row)
}

function untrue(lanes: Lanes, known: ReadonlyMap<number, readonly Settled[]>): number[] {
  return [...endsIn(lanes)]
    .filter(([row, end]) => !known.get(row)?.some(({ ends }) => ends.includes(end)))
    .map(([row]) => row)
}

/** How each row ended, by an event. */
function endsIn(lanes: Lanes): Map<number, string> {
  const byCode = (kind: 'skipped' | 'dead_lettered') =>
    Object.entries(lanes[kind].by_code).map(([code, counted]) => [`${kind} ${code}`, counted] as const)
  const all = [
    ['reset', lanes.reset] as const,
    ['ended', lanes.ended] as const,
    ...byCode('skipped'),
    ...byCode('dead_lettered'),
  ]
  return new Map(all.flatMap(([end, counted]) => numbersIn(counted?.rows).map((row) => [row, end] as const)))
}

/**
 * Whatever fan-out accepts or refuses is said, and that a run is finished once everything about it has drained: unless a fact or an event
 * was lost, which is counted. A stage without a bus says nothing.
 */
export function everythingIsSaid(trace: Trace): string[] {
  const { settled, passedOn, admitted, losing } = trueEndsOf(trace)
  const said = new Set(saidIn(trace).map(({ kind, data }) => `${data.run} ${kind}`))
  if (!trace.run.scenario.hasBus) return [...said].map((what) => `${what} is said, and there is no bus`)
  const kept = new Set(
    settled.filter((one) => one.isKept).map(({ run, row, lane }) => `${run} ${row} ${lane}`),
  )
  const passedOnOf = Map.groupBy(passedOn, ({ run }) => run)
  const news = admitted
    .filter(({ isKept }) => isKept)
    .map(({ run, as }) => `${run} ${as === 'accepted' ? as : 'refused'}`)
  const accepted = new Set(news.filter((what) => what.endsWith('accepted')).map((what) => what.split(' ')[0]))
  const finished = [...runsOf(trace)].filter(
    ([name, run]) =>
      accepted.has(name) &&
      !losing.has(name) &&
      rowsOf(run).every((row) => kept.has(`${name} ${row} reset`)) &&
      (passedOnOf.get(name) ?? []).every(({ row }) => kept.has(`${name} ${row} sessions`)),
  )
  return [...new Set([...news, ...finished.map(([name]) => `${name} finished`)])]
    .filter((what) => !said.has(what))
    .map((what) => `${what} is not said`)
}

/**
 * Every outcome event meets its schema. Those with the same id are of the same run and kind, and agree in what can't change from one
 * delivery to the next; those of another run or kind have another id.
 */
export function outcomeEventsAgree(trace: Trace): string[] {
  const all = saidIn(trace)
  const wrong = all.filter(({ detail, type, bus }) => {
    const event = JSON.parse(detail)
    return bus !== 'bus' || type !== event.type || !OutcomeEventSchema.safeParse(event).success
  })
  const identity = ({ kind, data, subject, source }: Said) =>
    JSON.stringify([kind, source, subject, data.run, data.stage, data.event, data.redrive_of, data.row_count])
  const differing = [...Map.groupBy(all, ({ id }) => id)].filter(
    ([, same]) => new Set(same.map(identity)).size > 1,
  )
  const again = [...Map.groupBy(all, ({ kind, data }) => `${data.run} ${kind}`)].filter(
    ([, same]) => new Set(same.map(({ id }) => id)).size > 1,
  )
  const unlike = all.filter(
    ({ data }) =>
      data.redrive_of !== runsOf(trace).get(data.run)?.of && !KEPT_AS_SENT.includes(data.code ?? ''),
  )
  return [
    ...wrong.map(({ id }) => `${id} does not meet its schema`),
    ...differing.map(([id]) => `events with the id ${id} differ`),
    ...again.map(([what]) => `${what} is said with several ids`),
    ...unlike.map(({ id }) => `${id} is of another redrive`),
  ]
}
