import { countEnds, countLines, type EndCounts, toCounts, toSessionCounts } from '../../cli/start/counts.ts'
import { RESET_CODES, type RowEnd } from '../../cli/start/tally.ts'
import type { OnBatch } from '../../infra/local/boot.ts'
import type { SimulatorCall } from '../../infra/local/stytch/calls.ts'
import { ResetEventSchema } from '../../lib/contract/breach-event.ts'
import { NO_REASON } from '../../lib/contract/codes.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { normalizeEmail } from '../../lib/contract/person.ts'
import { checkFacts, type FactsReport } from './facts.ts'

/** What was seen from outside: under faults until the queues were empty, and over the calm second delivery. */
export type ChaosReport = {
  seed: number
  seconds: number
  /** How often each kind of fault hit, also those that never did. */
  hits: ReadonlyMap<string, number>
  first: readonly RowEnd[]
  again: readonly RowEnd[]
  /** Of Stytch, in the order of arrival. */
  calls: readonly SimulatorCall[]
  invocations: readonly Invocation[]
  /** How many people a process that dies may repeat. */
  unrecorded: number
  inQueue: number
  /** Messages whose retry delay was cut short at the end. */
  cutShort: number
  /** People who are not on the dead-letter queue and whose stolen password still works after the first delivery. */
  stolenAlive: number
  /** Sessions that began before the reset of a person whom end-sessions was passed and has not dead-lettered, and are still open. */
  sessionsAlive: number
  /** Of members who were reset and are not on the dead-letter queue: who chose a new password before the second delivery. */
  newPasswords: { chosen: number; alive: number }
  facts: { first: FactsReport; again: FactsReport }
  logs: { lines: number; leaks: number }
}

/** From this many seconds on every kind of fault must have hit. */
export const EVERY_FAULT_FROM_SECONDS = 20

/** The promises that the run broke, one line each; none when all is well. */
export function findWrongs(report: ChaosReport): string[] {
  return toChecks(report)
    .filter(({ wrong }) => wrong > 0)
    .map(({ label, wrong }) => `${wrong} ${label}`)
}

/** Every promise, with the number of times that it was broken. */
function toChecks(report: ChaosReport): { label: string; wrong: number }[] {
  const { first, again, newPasswords, facts } = report
  const never = report.seconds < EVERY_FAULT_FROM_SECONDS ? [] : neverHit(report.hits)
  const count = (ends: readonly RowEnd[], code: string) => ends.filter((end) => end.code === code).length
  return [
    { label: 'rows without an outcome', wrong: count(first, 'missing') + count(again, 'missing') },
    { label: 'messages left on the work queues', wrong: report.inQueue },
    { label: 'stolen passwords alive, with no dead letter', wrong: report.stolenAlive },
    { label: 'stolen sessions alive, with no dead letter', wrong: report.sessionsAlive },
    {
      label: 'people passed on to end-sessions without an outcome',
      wrong: countSessionsCode(first, 'missing') + countSessionsCode(again, 'missing'),
    },
    { label: 'repeated resets that nothing explains', wrong: countRepeats(report).unexplained },
    { label: 'people reset before and not covered in the second delivery', wrong: notCovered(report).length },
    { label: 'new passwords lost in the second delivery', wrong: newPasswords.chosen - newPasswords.alive },
    {
      label: 'rows of the second delivery that SQS dead-lettered',
      wrong: countDeadLetteredBySqs(again),
    },
    ...checkFacts([
      { facts: facts.first, deadLetteredBySqs: countDeadLetteredBySqs(first) },
      { facts: facts.again, deadLetteredBySqs: countDeadLetteredBySqs(again) },
    ]),
    { label: 'log lines with an e-mail address in them', wrong: report.logs.leaks },
    {
      label: `kinds of fault that never hit${never.map((name) => `, ${name}`).join('')}`,
      wrong: never.length,
    },
  ]
}

function countDeadLetteredBySqs(ends: readonly RowEnd[]): number {
  return ends.filter(({ code }) => code === NO_REASON).length + countSessionsCode(ends, NO_REASON)
}

function countSessionsCode(ends: readonly RowEnd[], code: string): number {
  return ends.filter(({ sessions }) => sessions?.code === code).length
}

function countSessionsEnds(ends: readonly RowEnd[]): EndCounts {
  return countEnds(ends.flatMap(({ sessions, email }) => (sessions ? [{ ...sessions, email }] : [])))
}

/** The kinds of fault that never hit. */
export function neverHit(hits: ChaosReport['hits']): string[] {
  return [...hits].filter(([, count]) => count === 0).map(([name]) => name)
}

function notCovered({ first, again }: ChaosReport): string[] {
  const covered = new Set(peopleNotDeadLettered(again, ['covered']))
  return peopleNotDeadLettered(first, RESET_CODES).filter((email) => !covered.has(email))
}

/** The e-mails of everyone who has a row and is not on the dead-letter queue; with `codes`, only of those with such an outcome. */
export function peopleNotDeadLettered(ends: readonly RowEnd[], codes?: readonly string[]): string[] {
  const named = ends.filter(({ email }) => email !== undefined) as (RowEnd & { email: string })[]
  const refused = new Set(named.flatMap(({ kind, email }) => (kind === 'dead_lettered' ? [email] : [])))
  const wanted = named.filter(({ code, email }) => !refused.has(email) && (codes?.includes(code) ?? true))
  return [...new Set(wanted.map(({ email }) => email))]
}

type Explanation = 'unanswered' | 'unrecorded' | 'same_moment' | 'unexplained'

function countRepeats(report: ChaosReport): Record<Explanation, number> {
  const counts = { unanswered: 0, unrecorded: 0, same_moment: 0, unexplained: 0 }
  for (const explanation of explainRepeats(report)) counts[explanation]++
  return counts
}

/** A call that a process sends as it dies is received a little later. */
const IN_FLIGHT_MS = 1000

/**
 * Explains every reset of a person whom an earlier call had reset, person by person:
 * `unanswered`, Stytch's own record says that the earlier call got no complete good answer; `unrecorded`, it was made by an
 * invocation that died or gave its message back, for at most `unrecorded` people of each; `same_moment`, another
 * invocation handled the same person at that time.
 */
export function explainRepeats({
  calls,
  invocations,
  unrecorded,
}: Pick<ChaosReport, 'calls' | 'invocations' | 'unrecorded'>): Explanation[] {
  const blamed = new Map<Invocation, number>()
  const resets = Map.groupBy(
    calls.filter(({ effect }) => effect !== 'none'),
    ({ email }) => email,
  )
  return [...resets.values()].flatMap((ofPerson) =>
    ofPerson.slice(1).map((call, index) => explain(ofPerson[index] as SimulatorCall, call)),
  )

  function explain(earlier: SimulatorCall, later: SimulatorCall): Explanation {
    if (!wasAnswered(earlier)) return 'unanswered'
    const mayHaveMade = ({ people, from, to }: Invocation, { email, at }: SimulatorCall) =>
      people.has(email) && from <= at && at <= to + IN_FLIGHT_MS
    const makers = invocations.filter((invocation) => mayHaveMade(invocation, earlier))
    const lost = makers.find((maker) => maker.end !== 'settled' && (blamed.get(maker) ?? 0) < unrecorded)
    if (lost) {
      blamed.set(lost, (blamed.get(lost) ?? 0) + 1)
      return 'unrecorded'
    }
    const handled = invocations.filter((invocation) => mayHaveMade(invocation, later))
    const overlap = handled.some((other) =>
      makers.some((maker) => maker !== other && maker.from <= other.to && other.from <= maker.to),
    )
    return overlap ? 'same_moment' : 'unexplained'
  }
}

function wasAnswered({ status, fault = '' }: SimulatorCall): boolean {
  const broken = fault.split('+').filter((kind) => kind !== '' && kind !== 'latency')
  return status === 200 && broken.length === 0
}

/**
 * One invocation of require-reset, seen from outside: from when to when (ms since the epoch), the people in its messages,
 * and how it ended. `returned`: it answered, and gave a message back to the queue.
 */
export type Invocation = {
  from: number
  to: number
  people: ReadonlySet<string>
  end: 'settled' | 'returned' | 'killed' | 'timed out'
}

/** Remembers every invocation of require-reset. */
export function createInvocationLog(): { onBatch: OnBatch; all(): readonly Invocation[] } {
  const invocations: Invocation[] = []
  return {
    onBatch(batch) {
      if (!batch.functionName.startsWith('RequireReset')) return
      const people = new Set(batch.records.flatMap(({ body }) => peopleIn(body)))
      invocations.push({ from: batch.startedAt, to: batch.endedAt, people, end: endOf(batch) })
    },
    all: () => invocations,
  }
}

function endOf({ result, failed }: Parameters<OnBatch>[0]): Invocation['end'] {
  if (result.kind === 'answered') return failed.length > 0 ? 'returned' : 'settled'
  return result.errorType === 'Sandbox.Timedout' ? 'timed out' : 'killed'
}

function peopleIn(body: string): string[] {
  const json = parseJson(body)
  const event = ResetEventSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  return event.data?.data.members.map(({ email_address }) => normalizeEmail(email_address)) ?? []
}

/** A chaos run as one object. `wrong`: the promises it broke, empty when all is well. */
export function toJson(report: ChaosReport) {
  return {
    ...{ seed: report.seed, seconds: report.seconds, wrong: findWrongs(report) },
    ...toCounts(countEnds(report.first)),
    in_queue: report.inQueue,
    retries_cut_short: report.cutShort,
    stolen_passwords_alive: report.stolenAlive,
    stolen_sessions_alive: report.sessionsAlive,
    end_sessions: toSessionCounts(countSessionsEnds(report.first)),
    repeats: countRepeats(report),
    faults: Object.fromEntries(report.hits),
    unsettled_invocations: countUnsettled(report),
    delivered_again: toCounts(countEnds(report.again)),
    not_covered: notCovered(report).length,
    new_passwords: report.newPasswords,
    facts: report.facts,
    log_lines: report.logs.lines,
    emails_in_logs: report.logs.leaks,
  }
}

function countUnsettled({ invocations }: ChaosReport): number {
  return invocations.filter(({ end }) => end !== 'settled').length
}

/** The result of a chaos run as text. */
export function toSummary(report: ChaosReport): string {
  const [first, again] = [countEnds(report.first), countEnds(report.again)]
  const repeats = countRepeats(report)
  const wrongs = findWrongs(report)
  const line = (label: string, value: number) => `${String(value).padStart(6)}  ${label}`
  return [
    '',
    `Faults, and how often each hit (--seed ${report.seed} makes the same choices again; what the processes do in between differs)`,
    ...[...report.hits].map(([name, count]) => line(name, count)),
    '',
    `First delivery, under faults for ${report.seconds} s: ${first.rows} rows`,
    ...countLines(first),
    '  and their sessions',
    ...countLines(countSessionsEnds(report.first)),
    '',
    `The same events again, in calm, after ${report.newPasswords.chosen} members chose new passwords: ${again.rows} rows`,
    ...countLines(again),
    '',
    'People reset again after a reset, and why',
    line('the earlier call got no complete good answer', repeats.unanswered),
    line('made in an invocation that died or gave up', repeats.unrecorded),
    line('handled twice at the same moment', repeats.same_moment),
    line(
      `invocations that died or gave up, at most ${report.unrecorded} people each`,
      countUnsettled(report),
    ),
    '',
    'Runs, by their facts, of the first delivery and of the one in calm',
    ...[report.facts.first, report.facts.again].map(
      ({ finished, refused, open, lost }) =>
        `        ${finished} finished, ${refused} refused, ${open} open; ${lost} facts and outcome events lost`,
    ),
    '',
    'Broken promises',
    ...toChecks(report).map(({ label, wrong }) => line(label, wrong)),
    '',
    wrongs.length === 0 ? 'All well.' : `Not well: ${wrongs.join('; ')}`,
    '',
  ].join('\n')
}
