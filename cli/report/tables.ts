import { describeCode } from '../../lib/contract/codes.ts'
import type { ByCode, Counted } from '../../lib/progress/summary.ts'
import { quote } from '../progress/shell.ts'
import { type Html, html } from './html.ts'
import { describeSeconds, type Measured } from './intervals.ts'
import { factTable, moment, table } from './table.ts'
import type { Report } from './to-report.ts'

const PASSWORDS = 'password'
const SESSIONS = 'sessions'

/** How many rows ended in which way. */
export function outcomeTable({ reset, skipped, dead_lettered, open, sessions }: Report): Html {
  const lines = [
    [PASSWORDS, 'reset', 'the old password is unusable', reset] as const,
    ...lanes(PASSWORDS, { skipped, dead_lettered }),
    [PASSWORDS, 'open', 'no end yet', open] as const,
    [SESSIONS, 'ended', 'no session from before is left', sessions.ended] as const,
    ...lanes(SESSIONS, sessions),
    [SESSIONS, 'open', 'no end yet', sessions.open] as const,
  ]
  return table(
    'Rows by outcome. Sessions are ended of people whose password is certain to be unusable.',
    ['Of', 'Outcome', 'Count', 'Meaning'],
    lines
      .filter(([, , , { count }]) => count > 0)
      .map(([lane, outcome, meaning, { count }]) => [lane, outcome, count, meaning]),
  )
}

type Line = readonly [lane: string, outcome: string | Html, meaning: string, counted: Counted]

function lanes(
  lane: string,
  { skipped, dead_lettered }: Record<'skipped' | 'dead_lettered', ByCode>,
): Line[] {
  const lines = (word: string, byCode: ByCode) =>
    Object.entries(byCode.by_code).map(([code, counted]): Line => {
      const { brief, meaning } = describeCode(code)
      return [lane, html`${word} <code>${code}</code>`, brief ?? meaning, counted]
    })
  return [...lines('skipped', skipped), ...lines('dead-lettered', dead_lettered)]
}

/** Ranges of rows, which may break after each comma. */
function toRows(ranges: string): string {
  return ranges.replaceAll(',', ', ').replaceAll('-', '–')
}

/** The first and the last reset, and how long it took. */
export function timesTable({ times, accepted_at, finished_at }: Report): Html {
  const moments = factTable('When', [
    ['First reset', moment(times.first_reset_at)],
    ['Last reset', moment(times.last_reset_at)],
    ['Last sessions ended', moment(times.last_sessions_ended_at)],
    ['Accepted', moment(accepted_at)],
    ['Finished', moment(finished_at) ?? 'not finished'],
  ])
  const lines = [
    ['from detection to reset', times.seconds_from_detection_to_reset] as const,
    ['from reset to sessions ended', times.seconds_from_reset_to_sessions_ended] as const,
  ]
  const measured = lines.flatMap(([name, measured]) => (measured ? [toMeasuredCells(name, measured)] : []))
  const caption = 'How long it took, of people whom this event reset'
  const columns = ['Interval', 'People', 'Median', '95th percentile', 'Slowest']
  return html`${moments}${measured.length > 0 ? table(caption, columns, measured) : undefined}`
}

function toMeasuredCells(name: string, { people, median, p95, slowest }: Measured) {
  return [name, people, ...[median, p95, slowest].map(describeSeconds)]
}

/** Who could not be reset or signed out, by code, and what to do about it. */
export function notDone({ dead_lettered, sessions }: Report): Html {
  const all = [
    ...Object.entries(dead_lettered.by_code).map((entry) => [PASSWORDS, ...entry] as const),
    ...Object.entries(sessions.dead_lettered.by_code).map((entry) => [SESSIONS, ...entry] as const),
  ]
  if (all.length === 0) return html`<p>Nothing: no row is on the dead-letter queue.</p>`
  return table(
    'Rows on the dead-letter queue. Whose password could not be reset may still have the stolen one.',
    ['Of', 'Code', 'Count', 'Rows', 'Meaning', 'Remedy'],
    all.map(([lane, code, { count, rows }]) => {
      const { meaning, remedy } = describeCode(code)
      return [lane, html`<code>${code}</code>`, count, toRows(rows), meaning, remedy]
    }),
  )
}

/** Each time the event was sent, each redrive, and what was refused as a whole. */
export function runTable({ runs, run: reported }: Report): Html {
  return table(
    'By time. A delivery counts its redrives, too.',
    ['When', 'What', 'State', 'Rows', 'Reset', 'Skipped', 'Dead-lettered', 'Open', 'Run'],
    runs.map(({ at, run, redrive_of, state, mode, refused, ...counts }) => {
      const what = `${redrive_of ? 'redrive' : 'delivery'}${mode === 'dry_run' ? ', dry run' : ''}`
      const why = refused && html` <code>${refused.code}</code> ${refused.detail}`
      const { row_count, reset, skipped, dead_lettered, open } = counts
      const isReported = run === reported ? ' (this report)' : ''
      return [
        moment(at),
        `${what}${isReported}`,
        html`${state}${why}`,
        ...[row_count, reset, skipped, dead_lettered, open],
        html`<code>${run}</code>`,
      ]
    }),
  )
}

const STAYS = [
  "A session's JWT is valid for up to 5 minutes after the session ended, wherever it is checked without asking Stytch.",
  'Tokens of connected apps: Stytch does not say that they end with the sessions.',
  "Your application's own cookies and sessions, and those of other systems that the person signed in to by way of Stytch.",
  'A password that a thief has set between the reset and the end of the sessions.',
  "Second factors (MFA), SSO and the person's mailbox are not touched.",
  "Sessions of members whom Stytch's search does not find; those of people on the dead-letter queue; in a dry run, all of them.",
  'Who else was affected: this page is about the rows of the event only. Nobody has sent a message to the people in it.',
]

/** What may still work for a thief. */
export function whatStays(): Html {
  return html`<ul>${STAYS.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
}

/** How the page can be compared with the facts it was made from. */
export function evidence({ event, run }: Report, hash: string): Html {
  const named = event ? `${quote(event.id)} --source ${quote(event.source)}` : quote(run)
  return html`<p>SHA-256 of the facts, without e-mail addresses:<br><code>${hash}</code></p>
<p>As long as nothing new is known of the event, this gives the same (put your stage):<br>
<code>npx breach-reset report ${named} --run ${run} --stage NAME --json | sha256sum</code></p>
<p class="soft">The facts are what Breach Reset's functions wrote while they worked, and are kept for 400 days. Equal figures show that page and facts agree, not that nobody with access to the table has changed them.</p>`
}

const MAX_OPEN_ROWS = 500

/** Each row, and how it ended. A long list is folded, and left out of a print. */
export function rowTable({ members }: Report): Html {
  const hasNames = members.some(({ email_address }) => email_address !== undefined)
  const lines = members.map((row) => [
    row.index,
    ...(hasNames ? [row.email_address] : []),
    toEnd(row.outcome, row.code),
    moment(row.reset_at),
    toEnd(row.sessions, row.sessions_code),
    moment(row.sessions_ended_at),
  ])
  const columns = [
    'Row',
    ...(hasNames ? ['E-mail address'] : []),
    'Outcome',
    'Reset at',
    'Sessions',
    'Ended at',
  ]
  const rows = table('Each row of the event', columns, lines)
  if (members.length <= MAX_OPEN_ROWS) return rows
  return html`<details><summary>Show all ${members.length} rows (folded, they are not printed; --csv has them, too)</summary>${rows}</details>`
}

function toEnd(outcome: string | undefined, code = outcome): string | undefined {
  const word = outcome?.replace('_', '-')
  return code === outcome ? word : `${word} ${code}`
}
