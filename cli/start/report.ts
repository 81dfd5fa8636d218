import { endpointVariables, type LocalSystem } from '../../infra/local/local-system.ts'
import type { Stage } from '../../infra/stage.ts'
import type { Report } from './deliveries.ts'
import type { LogWatch } from './log-watch.ts'
import { countStrays, type ProcessMemory } from './memory.ts'
import { describeDuration } from './progress.ts'
import { countLines, countOf, deadLetterLines, NO_REASON, toCounts } from './tally.ts'

/**
 * The end of a run in words: outcomes and what they mean, dead letters and what to do, what was checked and what was not.
 * `unrecorded`: how many people a killed process may repeat.
 */
export function toSummary(report: Report, logs: LogWatch, unrecorded: number, long?: LongRun): string {
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
    ...(long ? longRunLines(report, long) : []),
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
  { inQueue, stolenAlive, twice, newPasswords, crashes }: Report,
  missing: number,
  logs: LogWatch,
  unrecorded: number,
): string[] {
  const line = (label: string, value: string | number) => `  ${label.padEnd(42)} ${value}`
  return [
    line('rows without an outcome', missing),
    line('messages left on the work queues', inQueue),
    line('stolen passwords still alive', stolenAlive),
    line('people called again after their reset', twice),
    line('new passwords still alive', `${newPasswords.alive} of ${newPasswords.chosen}`),
    line('log lines with an e-mail address in them', `${logs.leaks()} of ${logs.lines()}`),
    ...(crashes > 0
      ? [
          line(
            'processes killed',
            `${crashes} (each may repeat the calls it had not recorded: at most ${unrecorded})`,
          ),
        ]
      : []),
  ]
}

/**
 * The counts of a run as one object: received = reset + skipped + dead_lettered + missing, for each delivery. Of a long run
 * also budget, seconds and memory (bytes).
 */
export function toJson(
  { first, again, seconds, inQueue, stolenAlive, twice, newPasswords, crashes }: Report,
  logs: LogWatch,
  long?: LongRun,
) {
  return {
    ...toCounts(first),
    in_queue: inQueue,
    twice,
    stolen_passwords_alive: stolenAlive,
    delivered_again: toCounts(again),
    new_passwords: newPasswords,
    crashes,
    log_lines: logs.lines(),
    emails_in_logs: logs.leaks(),
    ...(long && {
      budget: long.stage.stytchRequestsPerSecond,
      seconds,
      memory: long.memory.map(({ fromRows, processes }) => ({
        from_rows: fromRows,
        more_than_a_tenth: countStrays(processes),
        processes: processes.map(({ name, atStart, least, greatest, atEnd }) => ({
          ...{ function: name, at_first: atStart, least, greatest, at_end: atEnd },
        })),
      })),
    }),
  }
}

/** What only a long run tells of: the stage it ran with, and the memory of the functions' processes from some numbers of rows on. */
export type LongRun = { stage: Stage; memory: { fromRows: number; processes: readonly ProcessMemory[] }[] }

const MEGABYTE = 1024 * 1024

/** How fast a long run was, and the memory of its functions. */
export function longRunLines({ first, again, seconds }: Report, { stage, memory }: LongRun): string[] {
  const { stytchRequestsPerSecond, maximumConcurrency } = stage
  const line = (label: string, value: string) => `  ${label.padEnd(42)} ${value}`
  const speed = (rows: number, took: number) =>
    `${describeDuration(took)}, ${Math.round(rows / took)} rows a second`
  return [
    `Speed and memory, with a budget of ${stytchRequestsPerSecond} calls/s and ${maximumConcurrency} environments`,
    line('first delivery', `${speed(first.rows, seconds.first)} (${countOf(first, 'reset')} resets)`),
    line('second delivery', speed(again.rows, seconds.again)),
    ...memory.flatMap(({ fromRows, processes }) =>
      memoryLines(fromRows, processes).map(([label, value]) => line(label, value)),
    ),
    '',
  ]
}

function memoryLines(fromRows: number, processes: readonly ProcessMemory[]): [string, string][] {
  if (processes.length === 0) return [[`memory from ${fromRows} rows on`, 'none measured']]
  const lines = [...Map.groupBy(processes, ({ name }) => name)].map(([name, group]): [string, string] => {
    const of = (key: 'atStart' | 'least' | 'greatest' | 'atEnd') => group.map((memory) => memory[key])
    const between = range([...of('least'), ...of('greatest')])
    return [
      `${name}, ${group.length} processes, from ${fromRows} on`,
      `${range(of('atStart'))} MB at first, ${between} MB in between, ${range(of('atEnd'))} MB at the end`,
    ]
  })
  return [...lines, ['  each within ±10 % of its first', judge(processes)]]
}

function judge(processes: readonly ProcessMemory[]): string {
  const { above, below } = countStrays(processes)
  const reasons = [
    ...(above > 0 ? [`${above} grew by more`] : []),
    ...(below > 0 ? [`${below} fell by more`] : []),
  ]
  return reasons.length === 0 ? 'yes' : `no: ${reasons.join(', ')}`
}

function range(bytes: readonly number[]): string {
  const [least, most] = [Math.min(...bytes), Math.max(...bytes)].map((value) => Math.round(value / MEGABYTE))
  return least === most ? `${least}` : `${least} to ${most}`
}

/**
 * Whether a run kept every promise. `enforced`: somebody was to be reset; in a dry run stolen passwords stay alive.
 * `unrecorded`: what each killed process may repeat, the people it had called and not recorded.
 */
export function isWell(
  report: Report,
  logs: Pick<LogWatch, 'leaks'>,
  run: { enforced: boolean; crash: boolean; unrecorded: number },
): boolean {
  const { first, again, inQueue, stolenAlive, twice, newPasswords, crashes } = report
  const ends = [...first.groups, ...again.groups]
  const maxRepeats = run.unrecorded * crashes
  return (
    ends.every(({ kind, code }) => kind !== 'missing' && code !== NO_REASON) &&
    inQueue === 0 &&
    (stolenAlive === 0 || !run.enforced) &&
    twice <= maxRepeats &&
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
