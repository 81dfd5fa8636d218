import type { Stage } from '../../infra/stage.ts'
import { NO_REASON } from '../../lib/contract/codes.ts'
import { count } from '../input/input.ts'
import { describeDuration } from '../times.ts'
import { countLines, countOf, deadLetterLines, toCounts, toSessionCounts } from './counts.ts'
import type { Report } from './deliveries.ts'
import type { LogWatch } from './log-watch.ts'
import { sessionLines, toSessionFields } from './sessions.ts'

/**
 * The result of a run as text: outcomes and what they mean, dead letters and what to do, what was checked and what was not.
 * `unrecorded`: how many people a killed process may call again. `longRunStage`: the stage of a long run.
 */
export function toSummary(
  report: Report,
  logs: Pick<LogWatch, 'lines' | 'leaks'>,
  unrecorded: number,
  longRunStage: Stage | undefined,
): string {
  const { first, again, sessions, newPasswords } = report
  return [
    '',
    `First delivery: ${count(first.rows, 'row')}`,
    ...countLines(first),
    '',
    ...sessionLines('Sessions', sessions, sessions.first),
    '',
    `The same event again, after ${count(newPasswords.chosen, 'member')} chose new passwords: ${count(again.rows, 'row')}`,
    ...countLines(again),
    ...(sessions.again.rows > 0 ? ['  and their sessions', ...countLines(sessions.again)] : []),
    '',
    'Dead letters',
    ...deadLetterLines(first, sessions.first),
    '',
    'Checked from outside: by the simulated Stytch, the queues and the logs',
    ...checkLines(report, logs, unrecorded),
    '',
    ...(longRunStage ? speedLines(report, longRunStage) : []),
    "Not covered: a session's JWT is valid for up to 5 minutes more; tokens of",
    "connected apps and your application's own cookies stay; nobody tells the",
    'members. Not yet run against Stytch or AWS.',
    '',
  ].join('\n')
}

/** What to try after a run. */
export const NEXT = [
  'Next',
  '  npm start -- --keep                  leave it running, send your own events',
  '  npm start -- path/to/event.json      your own event',
  '  npm start -- --crash                 kill the functions half-way',
  '  npm start -- --report report.html    what became of each row, as a page',
  '',
].join('\n')

function checkLines(report: Report, logs: Pick<LogWatch, 'lines' | 'leaks'>, unrecorded: number): string[] {
  const { sessions, newPasswords, newSessions, crashes } = report
  const { requireReset, endSessions } = crashes
  const repeats = `each of require-reset may repeat the calls it had not recorded: at most ${unrecorded}`
  return [
    checkLine('rows without an outcome', countMissing(report)),
    checkLine('messages left on the work queues', report.inQueue),
    checkLine('stolen passwords still alive', report.stolenAlive),
    checkLine('stolen sessions still alive', sessions.stolenAlive),
    checkLine('people called again after their reset', report.repeatedResets),
    checkLine('new passwords still alive', `${newPasswords.alive} of ${newPasswords.chosen}`),
    checkLine('new sessions still alive', `${newSessions.alive} of ${newSessions.begun}`),
    checkLine('log lines with an e-mail address in them', `${logs.leaks()} of ${logs.lines()}`),
    ...(requireReset + endSessions > 0
      ? [
          checkLine(
            'processes killed',
            `${requireReset} of require-reset, ${endSessions} of end-sessions (${repeats})`,
          ),
        ]
      : []),
  ]
}

/** Rows, and people passed on to end-sessions, of whom no trace was found. */
function countMissing({ first, again, sessions }: Report): number {
  const all = [first, again, sessions.first, sessions.again]
  return all.reduce((sum, ends) => sum + countOf(ends, 'missing'), 0)
}

/**
 * The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. A long run
 * also has its budget and seconds. `end_sessions`: how end-sessions ended with the people it was passed.
 */
export function toJson(
  report: Report,
  logs: Pick<LogWatch, 'lines' | 'leaks'>,
  longRunStage: Stage | undefined,
) {
  const { sessions, crashes, seconds } = report
  return {
    ...toCounts(report.first),
    in_queue: report.inQueue,
    twice: report.repeatedResets,
    stolen_passwords_alive: report.stolenAlive,
    stolen_sessions_alive: sessions.stolenAlive,
    ...toSessionFields(sessions, sessions.first),
    delivered_again: { ...toCounts(report.again), end_sessions: toSessionCounts(sessions.again) },
    new_passwords: report.newPasswords,
    new_sessions: report.newSessions,
    crashes: crashes.requireReset + crashes.endSessions,
    log_lines: logs.lines(),
    emails_in_logs: logs.leaks(),
    ...(longRunStage && { budget: longRunStage.stytchRequestsPerSecond, seconds }),
  }
}

/** How fast each delivery of a long run was, in lines of text. `stage`: the budget that it ran with. */
function speedLines(
  { first, again, seconds }: Pick<Report, 'first' | 'again' | 'seconds'>,
  stage: Stage,
): string[] {
  const { stytchRequestsPerSecond, maximumConcurrency } = stage
  const speed = (rows: number, took: number) =>
    `${describeDuration(took)}, ${Math.round(rows / took)} rows a second`
  return [
    `Speed, with a budget of ${stytchRequestsPerSecond} calls/s and ${maximumConcurrency} environments`,
    checkLine('first delivery', `${speed(first.rows, seconds.first)} (${countOf(first, 'reset')} resets)`),
    checkLine('second delivery', speed(again.rows, seconds.again)),
    '',
  ]
}

function checkLine(label: string, value: string | number): string {
  return `  ${label.padEnd(42)} ${value}`
}

/**
 * Whether a run kept every promise. `enforced`: not a dry run, in which stolen passwords stay alive, and sessions. `endsSessions`: the
 * stage has end-sessions. `unrecorded`: how many people each killed process of require-reset may call again, because it had called them
 * and not recorded it.
 */
export function keptPromises(
  report: Report,
  logs: Pick<LogWatch, 'leaks'>,
  run: { enforced: boolean; endsSessions: boolean; crash: boolean; unrecorded: number },
): boolean {
  const { first, again, sessions, newPasswords, newSessions, crashes } = report
  const groups = [first, again, sessions.first, sessions.again].flatMap((ends) => ends.groups)
  const maxRepeats = run.unrecorded * crashes.requireReset
  const endsSessions = run.enforced && run.endsSessions
  return (
    countMissing(report) === 0 &&
    groups.every(({ code }) => code !== NO_REASON) &&
    report.inQueue === 0 &&
    (report.stolenAlive === 0 || !run.enforced) &&
    (sessions.stolenAlive === 0 || !endsSessions) &&
    report.repeatedResets <= maxRepeats &&
    newPasswords.chosen - newPasswords.alive <= maxRepeats &&
    newSessions.alive === newSessions.begun &&
    crashes.requireReset > 0 === run.crash &&
    crashes.endSessions > 0 === (run.crash && endsSessions) &&
    logs.leaks() === 0
  )
}
