import { countLines } from './count-lines.ts'
import { countOf } from './count-of.ts'
import type { LogWatch } from './create-log-watch.ts'
import { deadLetterLines } from './dead-letter-lines.ts'
import { type LongRun, longRunLines } from './long-run-lines.ts'
import type { Report } from './run-deliveries.ts'

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
