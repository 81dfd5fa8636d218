import { endpointVariables, type LocalSystem } from '../../infra/local/local-system.ts'
import type { Stage } from '../../infra/stage.ts'
import { NO_REASON } from '../../lib/contract/codes.ts'
import type { Report } from './deliveries.ts'
import type { LogWatch } from './log-watch.ts'
import { describeDuration } from './progress.ts'
import { countLines, countOf, deadLetterLines, toCounts } from './tally.ts'

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
  const { first, again, newPasswords } = report
  const missing = countOf(first, 'missing') + countOf(again, 'missing')
  return [
    '',
    `First delivery: ${first.rows} rows`,
    ...countLines(first),
    '',
    `The same event again, after ${newPasswords.chosen} members chose new passwords: ${again.rows} rows`,
    ...countLines(again),
    '',
    'Dead letters',
    ...deadLetterLines(first),
    '',
    "Checked from outside, by the simulated Stytch's own records, the queues and the logs",
    ...checkLines(report, missing, logs, unrecorded),
    '',
    ...(longRunStage ? speedLines(report, longRunStage) : []),
    'Not covered: sessions that are open stay open, and nobody tells the members. Not yet run against Stytch or AWS.',
    '',
    'Next',
    '  npm start -- --keep                  leave it running and send your own events',
    '  npm start -- path/to/event.json      your own event',
    '  npm start -- --crash                 kill the function half-way',
    '',
  ].join('\n')
}

function checkLines(
  { inQueue, stolenAlive, repeatedResets, newPasswords, crashes }: Report,
  missing: number,
  logs: Pick<LogWatch, 'lines' | 'leaks'>,
  unrecorded: number,
): string[] {
  return [
    checkLine('rows without an outcome', missing),
    checkLine('messages left on the work queues', inQueue),
    checkLine('stolen passwords still alive', stolenAlive),
    checkLine('people called again after their reset', repeatedResets),
    checkLine('new passwords still alive', `${newPasswords.alive} of ${newPasswords.chosen}`),
    checkLine('log lines with an e-mail address in them', `${logs.leaks()} of ${logs.lines()}`),
    ...(crashes > 0
      ? [
          checkLine(
            'processes killed',
            `${crashes} (each may repeat the calls it had not recorded: at most ${unrecorded})`,
          ),
        ]
      : []),
  ]
}

/**
 * The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. A long run
 * also has its budget and seconds.
 */
export function toJson(
  { first, again, seconds, inQueue, stolenAlive, repeatedResets, newPasswords, crashes }: Report,
  logs: Pick<LogWatch, 'lines' | 'leaks'>,
  longRunStage: Stage | undefined,
) {
  return {
    ...toCounts(first),
    in_queue: inQueue,
    twice: repeatedResets,
    stolen_passwords_alive: stolenAlive,
    delivered_again: toCounts(again),
    new_passwords: newPasswords,
    crashes,
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
 * Whether a run kept every promise. `enforced`: not a dry run, in which stolen passwords stay alive. `unrecorded`: how many
 * people each killed process may call again, because it had called them and not recorded it.
 */
export function keptPromises(
  report: Report,
  logs: Pick<LogWatch, 'leaks'>,
  run: { enforced: boolean; crash: boolean; unrecorded: number },
): boolean {
  const { first, again, inQueue, stolenAlive, repeatedResets, newPasswords, crashes } = report
  const ends = [...first.groups, ...again.groups]
  const maxRepeats = run.unrecorded * crashes
  return (
    ends.every(({ kind, code }) => kind !== 'missing' && code !== NO_REASON) &&
    inQueue === 0 &&
    (stolenAlive === 0 || !run.enforced) &&
    repeatedResets <= maxRepeats &&
    newPasswords.chosen - newPasswords.alive <= maxRepeats &&
    crashes > 0 === run.crash &&
    logs.leaks() === 0
  )
}

/** How to reach the running system with the AWS CLI or an SDK. */
export function toKeepNotes({ endpoints, queues, stytch }: LocalSystem): string {
  const variables = {
    ...endpointVariables(endpoints),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
  return [
    'The system stays up until Ctrl-C and processes what anyone sends.',
    '',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${value}`),
    '',
    `breach queue       ${queues.breach.url}`,
    `dead-letter queue  ${queues.deadLetter.url}`,
    `simulated Stytch   ${stytch.url}/simulator/members  (also /simulator/calls, /simulator/faults, /simulator/passwords)`,
    '',
    'Send an event, and redrive the dead letters:',
    `  aws sqs send-message --queue-url ${queues.breach.url} --message-body file://event.json`,
    `  aws sqs start-message-move-task --source-arn ${queues.deadLetter.arn} --destination-arn ${queues.breach.arn}`,
    '',
  ].join('\n')
}
