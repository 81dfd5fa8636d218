import type { Row, RunState } from '../../lib/progress/run-state.ts'
import { summarize } from '../../lib/progress/summary.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { measure, secondsBetween } from './intervals.ts'

/** What became of one delivery of an event, as --json prints it. */
export type Report = ReturnType<typeof toReport>
export type ReportedRow = Report['members'][number]

/**
 * Reports on a delivery, as one object, from which the page and the CSV are made. It has codes and no sentences, and no time at which
 * it was made: the same facts always make the same report. `history`: all deliveries of the event. `people`: e-mail addresses by row.
 */
export function toReport(
  delivery: Delivery,
  history: readonly Delivery[],
  people?: readonly (string | undefined)[],
) {
  const { event, run, state, accepted, refused, lastFactAt } = delivery
  return {
    report: 'breach-reset.report.v1',
    state,
    event: event && { ...event, time: accepted?.time, correlationid: accepted?.correlationId },
    ...{ run, redrive_of: (accepted ?? refused)?.of },
    reason: accepted?.reason,
    severity: accepted?.severity,
    exposed_at: accepted?.exposedAt,
    mode: accepted?.mode,
    refused: accepted || !refused ? undefined : { code: refused.code, detail: refused.detail },
    detected_at: toTimestamp(accepted && Date.parse(accepted.time)),
    sent_at: accepted?.sentAt,
    accepted_at: toTimestamp(accepted?.at),
    finished_at: toTimestamp(state === 'finished' ? lastFactAt : undefined),
    last_fact_at: toTimestamp(lastFactAt),
    ...summarize(delivery),
    times: toTimes(delivery),
    runs: history.flatMap(({ redrives, ...first }) => [first, ...redrives]).map(toRun),
    members: delivery.rows.map((row) => toMember(row, people)),
  }
}

/** The report as --json prints it. The page has the SHA-256 of this text, so that the two can be compared. */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** How long resets took since the source had detected the breach, and ends of sessions since the reset, in seconds. */
export function toIntervals({ rows, accepted }: Pick<Delivery, 'rows' | 'accepted'>) {
  const detectedAt = accepted && Date.parse(accepted.time)
  const reset = rows.flatMap((row) => resetAtOf(row) ?? [])
  return {
    detectionToReset: detectedAt === undefined ? [] : reset.map((at) => secondsBetween(detectedAt, at)),
    resetToSessionsEnded: rows.flatMap((row) => {
      const [from, to] = [resetAtOf(row), endedAtOf(row)]
      return from === undefined || to === undefined ? [] : [secondsBetween(from, to)]
    }),
  }
}

function toTimes(delivery: Delivery) {
  const resets = ascending(delivery.rows.map(resetAtOf))
  const ended = ascending(delivery.rows.map(endedAtOf))
  const { detectionToReset, resetToSessionsEnded } = toIntervals(delivery)
  return {
    ...{ first_reset_at: toTimestamp(resets[0]), last_reset_at: toTimestamp(resets.at(-1)) },
    last_sessions_ended_at: toTimestamp(ended.at(-1)),
    seconds_from_detection_to_reset: measure(detectionToReset),
    seconds_from_reset_to_sessions_ended: measure(resetToSessionsEnded),
  }
}

/** When this event reset them. */
export function resetAtOf({ reset }: Row): number | undefined {
  return reset?.kind === 'reset' ? reset.at : undefined
}

export function endedAtOf({ sessions, isPassedOn }: Row): number | undefined {
  return isPassedOn && sessions?.kind === 'ended' ? sessions.at : undefined
}

function ascending(times: readonly (number | undefined)[]): number[] {
  return times.filter((at) => at !== undefined).toSorted((a, b) => a - b)
}

function toRun(state: RunState) {
  const { run, accepted, refused, lastFactAt, rows } = state
  const by = Map.groupBy(rows, ({ reset }) => reset?.kind)
  return {
    ...{ run, redrive_of: (accepted ?? refused)?.of, state: state.state, mode: accepted?.mode },
    at: toTimestamp(accepted?.at ?? refused?.at ?? lastFactAt),
    row_count: rows.length,
    reset: by.get('reset')?.length ?? 0,
    skipped: by.get('skipped')?.length ?? 0,
    dead_lettered: by.get('dead_lettered')?.length ?? 0,
    open: by.get(undefined)?.length ?? 0,
    refused: refused && { code: refused.code, detail: refused.detail },
  }
}

function toMember(row: Row, people: readonly (string | undefined)[] | undefined) {
  const { index, reset, isPassedOn } = row
  const sessions = isPassedOn ? row.sessions : undefined
  return {
    ...{ index, email_address: people?.[index] },
    ...{ outcome: reset?.kind ?? OPEN, code: reset?.code, reset_at: toTimestamp(resetAtOf(row)) },
    sessions: sessions?.kind ?? (isPassedOn ? OPEN : undefined),
    sessions_code: sessions?.code,
    sessions_ended_at: toTimestamp(endedAtOf(row)),
  }
}

const OPEN = 'open'

function toTimestamp(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}
