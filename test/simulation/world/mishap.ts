import type { RequestFault } from '../../../infra/local/stytch/faults/fault-rule.ts'
import type { Answer } from '../../../lib/stytch/answer.ts'
import type { FaultKind } from '../scenario/faults-at.ts'
import type { Outage } from '../scenario/scenario.ts'

/** How a call goes wrong: a bad answer, none at all, or one too late; `withEffect` says whether the reset happens. */
export type Mishap = {
  answer?: RequestFault
  never?: Answer
  hangs?: boolean
  withEffect: boolean
}

const LOST: Answer = { kind: 'unanswered', code: 'connection_lost' }
const REFUSED: Answer = { kind: 'unreachable', code: 'unreachable' }

const BY_FAULT: Partial<Record<FaultKind, Mishap>> = {
  refused: { answer: { kind: 'server_error', status: 503 }, withEffect: false },
  unusable: { answer: { kind: 'wrong_json' }, withEffect: true },
  unanswered: { never: LOST, withEffect: true },
  swallowed: { never: LOST, withEffect: false },
}

const BY_OUTAGE: Record<Exclude<Outage['as'], 'throttled'>, Mishap> = {
  'server error': { answer: { kind: 'server_error', status: 500 }, withEffect: false },
  html: { answer: { kind: 'html', status: 502 }, withEffect: false },
  'refuses everybody': {
    answer: { kind: 'error', status: 403, errorType: 'brand_new_code' },
    withEffect: false,
  },
  unreachable: { never: REFUSED, withEffect: false },
  hangs: { hangs: true, withEffect: false },
  'hangs after the effect': { hangs: true, withEffect: true },
}

/** What befalls a call that reaches Stytch now. `retryAfter` in seconds, for a 429. */
export function mishap(
  fault: FaultKind | undefined,
  outage: Outage | undefined,
  retryAfter: number | undefined,
): Mishap | undefined {
  if (fault === 'throttled' || outage?.as === 'throttled') {
    const hint = retryAfter === undefined ? {} : { retryAfter }
    return { answer: { kind: 'throttle', ...hint }, withEffect: false }
  }
  return (fault && BY_FAULT[fault]) ?? (outage && BY_OUTAGE[outage.as as keyof typeof BY_OUTAGE])
}
