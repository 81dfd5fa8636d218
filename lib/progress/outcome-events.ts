import { ACCEPTED, FINISHED, OUTCOME_SCHEMA, type OutcomeEvent, REFUSED } from '../contract/outcome-event.ts'
import { parseRanges } from '../contract/ranges.ts'
import type { EventKey, Fact } from './fact.ts'
import type { RunState } from './run-state.ts'
import { summarize } from './summary.ts'

type Sender = { stage: string }

/** What is said of a fact as soon as it is known: that fan-out has accepted an event, or refused a message. */
export function toFirstEvent({ stage }: Sender, fact: Fact): OutcomeEvent | undefined {
  const { event, run, accepted, refused, at } = fact
  const common = { stage, run, redrive_of: (accepted ?? refused)?.of }
  const time = toTimestamp(at)
  if (refused)
    return {
      ...envelope(stage, event, { id: `${run}:refused`, time }),
      type: REFUSED,
      data: {
        ...common,
        event,
        ...{ code: refused.code, detail: refused.detail },
        rows: countRows(refused.rows),
        refused_at: time,
      },
    }
  if (!accepted || !event) return undefined
  const { mode, reason, severity } = accepted
  return {
    ...envelope(stage, event, { id: `${run}:accepted`, time }),
    type: ACCEPTED,
    data: {
      ...common,
      event: toEvent(event, accepted),
      ...{ mode, reason, severity },
      accepted_at: time,
      rows: countRows(accepted.rows),
    },
  }
}

/** What is said of a run that is finished. */
export function toFinishedEvent({ stage }: Sender, state: RunState): OutcomeEvent | undefined {
  const { event, run, accepted, rows, lastFactAt } = state
  if (!event || !accepted || state.state !== 'finished') return undefined
  const resets = timesOf(rows.map(({ reset }) => reset?.at))
  const ended = timesOf(rows.map(({ sessions }) => sessions?.at))
  const time = toTimestamp(lastFactAt)
  return {
    ...envelope(stage, event, { id: `${run}:finished`, time }),
    type: FINISHED,
    data: {
      ...{ stage, run, redrive_of: accepted.of },
      event: toEvent(event, accepted),
      mode: accepted.mode,
      ...summarize(state),
      accepted_at: toTimestamp(accepted.at),
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

function toEvent(
  event: EventKey,
  { time, correlationId }: { time: string; correlationId?: string | undefined },
) {
  return { ...event, time, correlationid: correlationId }
}

/** In ascending order, as timestamps. */
function timesOf(times: readonly (number | undefined)[]): string[] {
  return times
    .filter((at) => at !== undefined)
    .toSorted((a, b) => a - b)
    .map(toTimestamp)
}

function countRows(ranges: string): number {
  return ranges === '' ? 0 : parseRanges(ranges).length
}

function toTimestamp(at: number): string {
  return new Date(at).toISOString()
}
