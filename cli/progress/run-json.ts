import type { RunState } from '../../lib/progress/run-state.ts'
import { summarize } from '../../lib/progress/summary.ts'
import type { Delivery } from './deliveries.ts'

/** A delivery as one object: counts and rows as in outcome events, and its redrives. */
export function toDeliveryJson({ redrives, ...state }: Delivery) {
  return { ...toRunJson(state), redrives: redrives.map(toRunJson) }
}

/** A run, or a whole delivery, as one object. */
export function toRunJson(state: RunState) {
  const { event, run, accepted, refused, lastFactAt } = state
  return {
    state: state.state,
    event: event && { ...event, time: accepted?.time, correlationid: accepted?.correlationId },
    ...{ run, redrive_of: (accepted ?? refused)?.of },
    reason: accepted?.reason,
    severity: accepted?.severity,
    exposed_at: accepted?.exposedAt,
    mode: accepted?.mode,
    sent_at: accepted?.sentAt,
    accepted_at: toTimestamp(accepted?.at),
    sender: (accepted ?? refused)?.sender,
    ...(isRefusedFirst(state) &&
      refused && { refused_at: toTimestamp(refused.at), code: refused.code, detail: refused.detail }),
    finished_at: toTimestamp(state.state === 'finished' ? lastFactAt : undefined),
    last_fact_at: toTimestamp(lastFactAt),
    ...summarize(state),
  }
}

/** Whether it was refused, and not accepted before: what was refused may be accepted later, in redrives. */
export function isRefusedFirst({ accepted, refused }: Pick<RunState, 'accepted' | 'refused'>): boolean {
  return refused !== undefined && (!accepted || refused.at < accepted.at)
}

export function toTimestamp(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}
