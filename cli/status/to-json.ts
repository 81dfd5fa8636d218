import type { RunState } from '../../lib/progress/run-state.ts'
import { summarize } from '../../lib/progress/summary.ts'
import type { Delivery } from '../progress/deliveries.ts'

/** A delivery as one object: counts and rows as in outcome events, and its redrives. */
export function toDeliveryJson({ redrives, ...state }: Delivery) {
  return { ...toRunJson(state), redrives: redrives.map(toRunJson) }
}

/** A run, or a whole delivery, as one object. */
export function toRunJson(state: RunState) {
  const { event, run, accepted, refused, lastFactAt } = state
  const { of, reason, severity, mode, time, sentAt, exposedAt, correlationId } = accepted ?? {}
  return {
    ...{ event: event ?? null, run, state: state.state, redrive_of: of ?? refused?.of },
    ...{ reason, severity, mode, correlationid: correlationId, time, exposed_at: exposedAt },
    ...{ sent_at: sentAt, accepted_at: accepted && toTimestamp(accepted.at) },
    ...(refused && { refused_at: toTimestamp(refused.at), code: refused.code, detail: refused.detail }),
    latest_news_at: toTimestamp(lastFactAt),
    ...(state.state === 'finished' && { finished_at: toTimestamp(lastFactAt) }),
    ...summarize(state),
  }
}

function toTimestamp(at: number): string {
  return new Date(at).toISOString()
}
