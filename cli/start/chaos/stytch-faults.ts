import type { FaultRule } from '../../../infra/local/stytch/faults/fault-rule.ts'

const BROKEN = {
  hang: { kind: 'hang' },
  'connection reset': { kind: 'reset_connection' },
  'body cut off': { kind: 'truncated_body' },
  'endless body': { kind: 'huge_body' },
  throttled: { kind: 'throttle' },
  'throttled with Retry-After': { kind: 'throttle', retryAfter: 1 },
  499: { kind: 'server_error', status: 499 },
  500: { kind: 'server_error', status: 500 },
  503: { kind: 'server_error', status: 503 },
  'HTML 502': { kind: 'html', status: 502 },
} as const satisfies Record<string, FaultRule>

/** Longer than the call timeout of the local stage. */
const TOO_LATE = { kind: 'latency', minMs: 1300, maxMs: 2500 } as const

/** How the simulated Stytch may misbehave, by name. Unless the name says otherwise nobody is reset by a call that it hits. */
export const STYTCH_FAULTS: Readonly<Record<string, FaultRule>> = {
  ...BROKEN,
  ...Object.fromEntries(
    Object.entries(BROKEN).map(([name, rule]) => [`${name}, but reset`, { ...rule, afterEffect: true }]),
  ),
  'body in drops, but reset': { kind: 'slow_body' },
  'new connection reset': { kind: 'reset_on_connect' },
  slow: { kind: 'latency', minMs: 50, maxMs: 700 },
  'too late, but reset': { ...TOO_LATE, afterEffect: true },
  'reset after the caller gave up': TOO_LATE,
}
