import type { Row } from '../../lib/progress/run-state.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { toRunJson, toTimestamp } from '../progress/run-json.ts'

/** What became of one delivery of an event, as --json prints it. */
export type Report = ReturnType<typeof toReport>

/**
 * Reports on a delivery, as one object, from which the page and the CSV are made. It has codes and no sentences, and no time at which
 * it was made: the same facts always make the same report. `history`: all deliveries of the event. `people`: e-mail addresses by row.
 */
export function toReport(
  delivery: Delivery,
  history: readonly Delivery[],
  people?: readonly (string | undefined)[],
) {
  return {
    report: 'breach-reset.report.v1',
    ...toRunJson(delivery),
    times: toTimes(delivery),
    runs: history.flatMap(({ redrives, ...first }) => [first, ...redrives]).map(toRunJson),
    members: delivery.rows.map((row) => toMember(row, people)),
  }
}

/** The report as --json prints it. The page has the SHA-256 of this text, so that the two can be compared. */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** When this event reset someone. */
export function resetAtOf({ reset }: Row): number | undefined {
  return reset?.kind === 'reset' ? reset.at : undefined
}

export function endedAtOf({ sessions, isPassedOn }: Row): number | undefined {
  return isPassedOn && sessions?.kind === 'ended' ? sessions.at : undefined
}

/** The moments at which something happened to rows, in order. */
export function timesOf(rows: readonly Row[], atOf: (row: Row) => number | undefined): number[] {
  return rows.flatMap((row) => atOf(row) ?? []).toSorted((a, b) => a - b)
}

function toTimes({ rows, accepted }: Delivery) {
  const [resets, ends] = [timesOf(rows, resetAtOf), timesOf(rows, endedAtOf)]
  const detectedAt = accepted && Date.parse(accepted.time)
  return {
    ...{ first_reset_at: toTimestamp(resets[0]), last_reset_at: toTimestamp(resets.at(-1)) },
    last_sessions_ended_at: toTimestamp(ends.at(-1)),
    seconds_from_detection_to_reset: measure(rows, () => detectedAt, resetAtOf),
    seconds_from_reset_to_sessions_ended: measure(rows, resetAtOf, endedAtOf),
  }
}

/** How long something took for some people, in seconds. `median`: half of them took no longer. */
export type Measured = { people: number; median: number; p95: number; slowest: number }

/** Measures by nearest rank, of people with both moments; undefined for nobody. A clock that is ahead makes nothing happen before its cause. */
function measure(
  rows: readonly Row[],
  fromOf: (row: Row) => number | undefined,
  toOf: (row: Row) => number | undefined,
): Measured | undefined {
  const seconds = rows.flatMap((row) => {
    const [from, to] = [fromOf(row), toOf(row)]
    return from === undefined || to === undefined ? [] : [Math.max(0, to - from) / 1000]
  })
  if (seconds.length === 0) return undefined
  const ascending = seconds.toSorted((a, b) => a - b)
  const rank = (percent: number) => ascending[Math.ceil((percent * ascending.length) / 100) - 1] ?? 0
  return { people: ascending.length, median: rank(50), p95: rank(95), slowest: rank(100) }
}

function toMember(row: Row, people: readonly (string | undefined)[] | undefined) {
  const { index, reset, isPassedOn } = row
  const sessions = isPassedOn ? row.sessions : undefined
  return {
    ...{ index, email_address: people?.[index] },
    ...{ outcome: reset?.kind ?? 'open', code: reset?.code, reset_at: toTimestamp(resetAtOf(row)) },
    sessions: sessions?.kind ?? (isPassedOn ? 'open' : undefined),
    sessions_code: sessions?.code,
    sessions_ended_at: toTimestamp(endedAtOf(row)),
  }
}

const COLUMNS = [
  ...(['index', 'outcome', 'code', 'reset_at'] as const),
  ...(['sessions', 'sessions_code', 'sessions_ended_at'] as const),
]

/** The rows of a report as CSV, a line each, below a header. With names, if they are known. */
export function toCsv({ members }: Pick<Report, 'members'>): string {
  const hasNames = members.some(({ email_address }) => email_address !== undefined)
  const columns = [...COLUMNS, ...(hasNames ? (['email_address'] as const) : [])]
  const lines = members.map((row) => columns.map((column) => toCell(row[column])))
  return [columns, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

/** What a spreadsheet would take for a formula gets an apostrophe, which shows that it is text. */
const FORMULA = /^[=+\-@\t\r\n]/

function toCell(value: string | number | undefined = ''): string {
  const text = String(value).replace(FORMULA, "'$&")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
