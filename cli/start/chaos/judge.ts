import type { SimulatorCall } from '../../../infra/local/stytch/simulator.ts'
import {
  countEnds,
  countLines,
  countOf,
  deadLetterLines,
  NO_REASON,
  type RowEnd,
  toCounts,
} from '../tally.ts'
import type { Invocation } from './run.ts'

/** What was seen from outside: over the chaos and until the queues were empty, and over the calm second delivery. */
export type ChaosReport = {
  seed: number
  seconds: number
  /** How often each kind of fault hit, also those that never did. */
  hits: ReadonlyMap<string, number>
  /** Invocations of require-reset that ended without settling: by a kill, the time limit, or a message given back. */
  unsettled: number
  first: readonly RowEnd[]
  again: readonly RowEnd[]
  repeats: readonly Repeat[]
  inQueue: number
  /** Messages whose retry delay was cut short at the end. */
  cutShort: number
  /** E-mails of people who are not on the dead-letter queue and whose stolen password still works. */
  stolenAlive: readonly string[]
  /** E-mails of people whose password was killed by the first deliveries and who were not covered in the second. */
  notCovered: readonly string[]
  /** Of members who were reset and are not on the dead-letter queue: who chose a new password before the second delivery. */
  newPasswords: { chosen: number; alive: number }
}

/** From how many seconds on every kind of fault must have hit. */
export const EVERY_FAULT_FROM_SECONDS = 20

/** What a chaos run broke, a sentence each; none when all is well. `leaks`: log lines with an e-mail address. */
export function judgeChaos(report: ChaosReport, leaks: number): string[] {
  const { first, again, repeats, newPasswords } = report
  const missing = [...first, ...again].filter(({ kind }) => kind === 'missing').length
  const unexplained = repeats.filter(({ because }) => because === 'unexplained').length
  const gaveUpInCalm = again.filter(({ code }) => code === NO_REASON).length
  const never = neverHit(report)
  const wrongs: [number, string][] = [
    [missing, 'rows have no outcome'],
    [report.inQueue, 'messages are left on the work queues'],
    [report.stolenAlive.length, 'stolen passwords are alive, and their owners not on the dead-letter queue'],
    [unexplained, 'resets were repeated, and nothing explains it'],
    [report.notCovered.length, 'people who were reset were not covered in the second delivery'],
    [newPasswords.chosen - newPasswords.alive, 'new passwords were lost in the second delivery'],
    [gaveUpInCalm, 'rows of the second delivery were moved to the dead-letter queue by SQS'],
    [leaks, 'log lines hold an e-mail address'],
    [
      report.seconds < EVERY_FAULT_FROM_SECONDS ? 0 : never.length,
      `kinds of fault never hit: ${never.join(', ')}`,
    ],
  ]
  return wrongs.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}

/** The kinds of fault that never hit. */
export function neverHit({ hits }: Pick<ChaosReport, 'hits'>): string[] {
  return [...hits].filter(([, count]) => count === 0).map(([name]) => name)
}

type Explanation = 'unanswered' | 'unrecorded' | 'same moment' | 'unexplained'

/** Somebody who was really reset again: when Stytch received the later call (ms since the epoch), and why that may happen. */
type Repeat = { email: string; at: number; because: Explanation }

/** A call that a process sends as it dies is received a little later. */
const IN_FLIGHT_MS = 1000

/**
 * Explains every reset of somebody whom an earlier call had reset, person by person:
 * `unanswered`, Stytch's own record says that the earlier call got no whole good answer; `unrecorded`, it was made by an
 * invocation that died or gave its message back, for at most `unrecorded` people of each; `same moment`, another
 * invocation handled the same person then.
 */
export function explainRepeats(
  calls: readonly SimulatorCall[],
  invocations: readonly Invocation[],
  unrecorded: number,
): Repeat[] {
  const blamed = new Map<Invocation, number>()
  const resets = Map.groupBy(
    calls.filter(({ effect }) => effect !== 'none'),
    ({ email }) => email,
  )
  return [...resets].flatMap(([email, [first, ...others]]) => {
    let earlier = first
    return others.map((call): Repeat => {
      const because = earlier ? explain(earlier, call) : 'unexplained'
      earlier = call
      return { email, at: call.at, because }
    })
  })

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
    return overlap ? 'same moment' : 'unexplained'
  }
}

function wasAnswered({ status, fault = '' }: SimulatorCall): boolean {
  const broken = fault.split('+').filter((kind) => kind !== '' && kind !== 'latency')
  return status === 200 && broken.length === 0
}

/** The e-mails of everybody who has a row and is not on the dead-letter queue; with `codes`, only of those who ended so. */
export function peopleNotDeadLettered(ends: readonly RowEnd[], codes?: readonly string[]): string[] {
  const named = ends.filter(({ email }) => email !== undefined) as (RowEnd & { email: string })[]
  const refused = new Set(named.flatMap(({ kind, email }) => (kind === 'dead_lettered' ? [email] : [])))
  const wanted = named.filter(({ code, email }) => !refused.has(email) && (codes?.includes(code) ?? true))
  return [...new Set(wanted.map(({ email }) => email))]
}

/** A chaos run as one object. `wrong`: what it broke, empty when all is well. */
export function toChaosJson(
  report: ChaosReport,
  logs: { lines: number; leaks: number },
  wrong: readonly string[],
) {
  const because = Map.groupBy(report.repeats, (repeat) => repeat.because)
  const count = (why: (typeof report.repeats)[number]['because']) => because.get(why)?.length ?? 0
  return {
    ...{ seed: report.seed, seconds: report.seconds, wrong },
    ...toCounts(countEnds(report.first)),
    in_queue: report.inQueue,
    retries_cut_short: report.cutShort,
    stolen_passwords_alive: report.stolenAlive.length,
    repeats: {
      unanswered: count('unanswered'),
      unrecorded: count('unrecorded'),
      same_moment: count('same moment'),
      unexplained: count('unexplained'),
    },
    faults: Object.fromEntries(report.hits),
    unsettled_invocations: report.unsettled,
    delivered_again: toCounts(countEnds(report.again)),
    not_covered: report.notCovered.length,
    new_passwords: report.newPasswords,
    log_lines: logs.lines,
    emails_in_logs: logs.leaks,
  }
}

const FAULTS_IN_A_LINE = 4

/** The end of a chaos run in words. `unrecorded`: how many people a dead process may repeat. `wrong`: what it broke. */
export function toChaosSummary(
  report: ChaosReport,
  logs: { lines: number; leaks: number },
  { unrecorded, wrong }: { unrecorded: number; wrong: readonly string[] },
): string {
  const { repeats, newPasswords } = report
  const [first, again] = [countEnds(report.first), countEnds(report.again)]
  const never = neverHit(report)
  const count = (because: Explanation) => repeats.filter((repeat) => repeat.because === because).length
  const missing = countOf(first, 'missing') + countOf(again, 'missing')
  const line = (label: string, value: string | number) => `  ${label.padEnd(48)} ${value}`
  return [
    '',
    `Faults, and how often each hit (--seed ${report.seed} makes the same choices again; what the processes do in between differs)`,
    ...faultLines(report),
    ...(never.length > 0 ? [`  never hit: ${never.join(', ')}`] : []),
    '',
    `First delivery, under faults for ${report.seconds} s: ${first.rows} rows`,
    ...countLines(first),
    '',
    `The same events again, in calm, after ${newPasswords.chosen} members chose new passwords: ${again.rows} rows`,
    ...countLines(again),
    '',
    'Dead letters',
    ...deadLetterLines(first),
    '',
    'Really reset again after a reset, person by person',
    line('the earlier call got no whole good answer', count('unanswered')),
    line(
      'made in an invocation that died or gave up',
      `${count('unrecorded')} (${report.unsettled} of these, at most ${unrecorded} people each)`,
    ),
    line('handled twice at the same moment', count('same moment')),
    line('unexplained', count('unexplained')),
    '',
    "Checked from outside, by the simulated Stytch's own records, the queues and the logs",
    line('rows without an outcome', missing),
    line('messages left on the work queues', report.inQueue),
    line('stolen passwords still alive', report.stolenAlive.length),
    line('reset before, and not covered the second time', report.notCovered.length),
    line(
      'new passwords still alive after the second time',
      `${newPasswords.alive} of ${newPasswords.chosen}`,
    ),
    line('log lines with an e-mail address in them', `${logs.leaks} of ${logs.lines}`),
    ...(report.cutShort > 0 ? [line('messages whose retry delay was cut short', report.cutShort)] : []),
    '',
    ...(wrong.length === 0 ? ['All well.'] : ['Not well:', ...wrong.map((what) => `  ${what}`)]),
    '',
  ].join('\n')
}

function faultLines({ hits }: ChaosReport): string[] {
  const groups = Map.groupBy(hits, ([name]) => name.slice(0, name.indexOf(':')))
  return [...groups].flatMap(([group, faults]) => {
    const words = faults.map(([name, count]) => `${name.slice(group.length + 2)} ${count}`)
    const lines = Array.from({ length: Math.ceil(words.length / FAULTS_IN_A_LINE) }, (_, index) =>
      words.slice(index * FAULTS_IN_A_LINE, (index + 1) * FAULTS_IN_A_LINE).join(' · '),
    )
    return lines.map((text, index) => `  ${(index === 0 ? group : '').padEnd(16)} ${text}`)
  })
}
