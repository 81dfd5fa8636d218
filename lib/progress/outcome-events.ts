import { ACCEPTED, FINISHED, OUTCOME_SCHEMA, type OutcomeEvent, REFUSED } from '../contract/outcome-event.ts'
import { parseRanges } from '../contract/ranges.ts'
import { type EventKey, type Fact, isCanaryRun } from './fact.ts'
import type { RunState } from './run-state.ts'
import { summarize } from './summary.ts'

type Sender = { stage: string }

/** What is said of a fact as soon as it is known: that fan-out has accepted an event, or refused a message. */
export function toFirstEvent({ stage }: Sender, fact: Fact): OutcomeEvent | undefined {
  const { event, run, accepted, refused, at } = fact
  const { rows = '', of: redrive_of } = accepted ?? refused ?? {}
  const row_count = parseRanges(rows).length
  const common = { stage, run, redrive_of, canary: isCanaryRun(event, row_count), row_count }
  const time = toTimestamp(at)
  if (refused)
    return {
      ...envelope(stage, event, { id: `${run}:refused`, time }),
      type: REFUSED,
      data: { ...common, event, code: refused.code, detail: refused.detail, refused_at: time },
    }
  if (!accepted || !event) return undefined
  return {
    ...envelope(stage, event, { id: `${run}:accepted`, time }),
    type: ACCEPTED,
    data: { ...common, ...toAccepted(event, { ...accepted, at }) },
  }
}

/** What is said of a run that is finished. */
export function toFinishedEvent({ stage }: Sender, state: RunState): OutcomeEvent | undefined {
  const { event, run, accepted, rows, lastFactAt } = state
  if (!event || !accepted || state.state !== 'finished') return undefined
  const resets = timesOf(rows.map(({ reset }) => reset?.at))
  const ended = timesOf(rows.map(({ sessions }) => sessions?.at))
  const time = toTimestamp(lastFactAt)
  const { open: _open, sessions, ...summary } = summarize(state)
  const { open: _openSessions, ...ofSessions } = sessions
  return {
    ...envelope(stage, event, { id: `${run}:finished`, time }),
    type: FINISHED,
    data: {
      ...{ stage, run, redrive_of: accepted.of, canary: isCanaryRun(event, rows.length) },
      ...toAccepted(event, accepted),
      ...summary,
      sessions: ofSessions,
      ...{ first_reset_at: resets[0], last_reset_at: resets.at(-1) },
      last_sessions_ended_at: ended.at(-1),
      finished_at: time,
    },
  }
}

function envelope(stage: string, event: EventKey | undefined, { id, time }: { id: string; time: string }) {
  return {
    specversion: '1.0' as const,
    ...{ id, source: `urn:breach-reset:${stage}`, time },
    datacontenttype: 'application/json' as const,
    dataschema: OUTCOME_SCHEMA as typeof OUTCOME_SCHEMA,
    ...(event && { subject: event.id }),
  }
}

function toAccepted(event: EventKey, accepted: NonNullable<RunState['accepted']>) {
  const { time, correlationId, mode, reason, severity, at } = accepted
  return {
    event: { ...event, time, correlationid: correlationId },
    ...{ mode, reason, severity, accepted_at: toTimestamp(at) },
  }
}

/** Anyone who may send can claim the source of canaries: of more than one row it counts for nothing. */
/** In ascending order, as timestamps. */
function timesOf(times: readonly (number | undefined)[]): string[] {
  return times
    .filter((at) => at !== undefined)
    .toSorted((a, b) => a - b)
    .map(toTimestamp)
}

function toTimestamp(at: number): string {
  return new Date(at).toISOString()
}
