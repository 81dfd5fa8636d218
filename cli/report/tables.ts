import { describeCode } from '../../lib/contract/codes.ts'
import type { ByCode, Counted } from '../../lib/progress/summary.ts'
import { meaningOf } from '../start/counts.ts'
import { type Html, html } from './html.ts'
import { moment, table } from './table.ts'
import type { Measured, Report } from './to-report.ts'

/** How many rows ended in which way. */
export function outcomeTable(report: Report): Html {
  return table(
    'Rows by outcome. Sessions are ended of people whose password is certain to be unusable.',
    ['Of', 'Outcome', 'Count', 'Share', 'Meaning'],
    endsOf(report).map(({ lane, kind, code, count, rowCount, meaning }) => [
      ...[lane, html`${toWords(kind)}${code && html` <code>${code}</code>`}`, count],
      html`<svg class="bar ${kind}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * count) / rowCount}" height="10"/></svg>`,
      meaning,
    ]),
  )
}

/** Who could not be reset or signed out, by code, and what to do about it. */
export function notDone(report: Report): Html {
  const letters = endsOf(report).filter(({ kind }) => kind === 'dead_lettered')
  if (letters.length === 0) return html`<p>Nothing: no row is on the dead-letter queue.</p>`
  return table(
    'Rows on the dead-letter queue. Whose password could not be reset may still have the stolen one.',
    ['Of', 'Code', 'Count', 'Rows', 'Meaning', 'Remedy'],
    letters.map(({ lane, code = '', count, rows, meaning }) => [
      ...[lane, html`<code>${code}</code>`, count, breakable(rows), meaning],
      describeCode(code).remedy,
    ]),
  )
}

type Ends = Counted & {
  lane: string
  /** Of all rows of the lane. */
  rowCount: number
  kind: 'reset' | 'ended' | 'skipped' | 'dead_lettered' | 'open'
  code?: string
  meaning: string
}

/** Rows that ended alike, of both lanes. */
function endsOf({ sessions, ...resets }: Report): Ends[] {
  const [password, session] = [
    { lane: 'password', rowCount: resets.row_count },
    { lane: 'sessions', rowCount: sessions.row_count },
  ]
  const byCode = (lane: typeof password, kind: 'skipped' | 'dead_lettered', { by_code }: ByCode): Ends[] =>
    Object.entries(by_code).map(([code, counted]) => {
      const { brief, meaning } = describeCode(code)
      return { ...lane, kind, code, meaning: brief ?? meaning, ...counted }
    })
  const all: Ends[] = [
    { ...password, kind: 'reset', meaning: meaningOf('reset'), ...resets.reset },
    ...byCode(password, 'skipped', resets.skipped),
    ...byCode(password, 'dead_lettered', resets.dead_lettered),
    { ...password, kind: 'open', meaning: 'no end yet', ...resets.open },
    { ...session, kind: 'ended', meaning: meaningOf('ended'), ...sessions.ended },
    ...byCode(session, 'skipped', sessions.skipped),
    ...byCode(session, 'dead_lettered', sessions.dead_lettered),
    { ...session, kind: 'open', meaning: 'no end yet', ...sessions.open },
  ]
  return all.filter(({ count }) => count > 0)
}

/** Ranges of rows, which may break after each comma. */
function breakable(ranges: string): string {
  return ranges.replaceAll(',', ', ').replaceAll('-', '–')
}

/** How long it took. */
export function timesTable({ times }: Report): Html {
  const lines = [
    ['from detection to reset', times.seconds_from_detection_to_reset] as const,
    ['from reset to sessions ended', times.seconds_from_reset_to_sessions_ended] as const,
  ].flatMap(([name, measured]) => (measured ? [[name, ...toCells(measured)]] : []))
  if (lines.length === 0) return html`<p>This event has reset nobody.</p>`
  const caption = 'How long it took of people whom this event reset, in hours:minutes:seconds'
  return table(caption, ['Interval', 'People', 'Median', '95th percentile', 'Slowest'], lines)
}

function toCells({ people, median, p95, slowest }: Measured) {
  return [people, ...[median, p95, slowest].map(describeSeconds)]
}

/** `0:01:30.5`, and `76:00:00.0` for what took days. */
function describeSeconds(seconds: number): string {
  const tenths = Math.round(seconds * 10) / 10
  return `${Math.floor(tenths / 3600)}${new Date(tenths * 1000).toISOString().slice(13, 21)}`
}

/** Each time the event was sent, each redrive, and what was refused as a whole. */
export function runTable({ runs, run: reported }: Report): Html {
  return table(
    'By time. A delivery counts its redrives, too.',
    ['When', 'What', 'State', 'Rows', 'Reset', 'Skipped', 'Dead-lettered', 'Open', 'Sender', 'Run'],
    runs.map(({ run, redrive_of, state, mode, code, detail, ...one }) => [
      moment(one.refused_at ?? one.accepted_at ?? one.last_fact_at),
      `${redrive_of ? 'redrive' : 'delivery'}${mode === 'dry_run' ? ', dry run' : ''}${run === reported ? ' (this report)' : ''}`,
      html`${state}${code && html` <code>${code}</code> ${detail}`}`,
      ...[one.row_count, one.reset.count, one.skipped.count, one.dead_lettered.count, one.open.count],
      one.sender && html`<code>${one.sender}</code>`,
      html`<code>${run}</code>`,
    ]),
  )
}

const MAX_OPEN_ROWS = 500

/** Each row, and how it ended. A long list is folded, and left out of a print. */
export function rowTable({ members }: Report): Html {
  const hasNames = members.some(({ email_address }) => email_address !== undefined)
  const name = hasNames ? ['E-mail address'] : []
  const rows = table(
    'Each row of the event',
    ['Row', ...name, 'Outcome', 'Reset at', 'Sessions', 'Ended at'],
    members.map((row) => [
      ...[row.index, ...(hasNames ? [row.email_address] : [])],
      ...[toEnd(row.outcome, row.code), moment(row.reset_at)],
      ...[toEnd(row.sessions, row.sessions_code), moment(row.sessions_ended_at)],
    ]),
  )
  const note = hasNames ? FROM_COPY : undefined
  if (members.length <= MAX_OPEN_ROWS) return html`${note}${rows}`
  return html`${note}<details><summary>Show all ${members.length} rows (folded, they are not printed; --csv has them, too)</summary>${rows}</details>`
}

const FROM_COPY = html`<p>The e-mail addresses are from the reader's own copy of the event, matched by row number. Breach Reset keeps no addresses, so it has compared source, id and number of rows, but can't see whether the copy has been put in another order.</p>`

function toEnd(outcome = '', code = outcome): string {
  return code === outcome ? toWords(outcome) : `${toWords(outcome)} ${code}`
}

const toWords = (kind: string) => kind.replace('_', '-')
