import * as z from 'zod'

const milliseconds = z.number().min(0).max(600_000)
const chance = {
  /** How many requests (or connections) it hits; without it, all until the faults are cleared. */
  times: z.int().min(1).optional(),
  /** The share of the matching requests that it hits, 0 to 1. */
  probability: z.number().min(0).max(1).optional(),
}
const common = {
  ...chance,
  /** Only requests for this e-mail. */
  email: z.string().min(1).optional(),
  /** The reset happens although the answer is bad. */
  afterEffect: z.boolean().optional(),
}

function ofKind<Kind extends string>(kind: Kind) {
  return z.strictObject({ kind: z.literal(kind), ...common })
}

/** Waits, then answers truthfully; the reset happens after the wait, or before it with `afterEffect`. `ms`, or `minMs` and `maxMs`. */
const Latency = ofKind('latency')
  .extend({ ms: milliseconds.optional(), minMs: milliseconds.optional(), maxMs: milliseconds.optional() })
  .refine(({ ms, minMs, maxMs }) => (ms === undefined) !== (minMs === undefined && maxMs === undefined), {
    error: 'give ms, or minMs and maxMs',
    path: ['ms'],
  })
  .refine(({ ms, minMs, maxMs }) => ms !== undefined || (minMs ?? Number.NaN) <= (maxMs ?? Number.NaN), {
    error: 'minMs and maxMs go together, the smaller first',
    path: ['minMs'],
  })

/** One way for the simulated Stytch to misbehave. Unless said otherwise nothing is reset, see `afterEffect`. */
export const FaultRuleSchema = z.discriminatedUnion('kind', [
  Latency,
  ofKind('throttle').extend({ retryAfter: z.int().min(0).optional() }),
  ofKind('server_error').extend({ status: z.literal([499, 500, 503]).optional() }),
  ofKind('html').extend({ status: z.literal([200, 403, 502]).optional() }),
  ofKind('error').extend({
    status: z.int().min(400).max(599),
    errorType: z.string().min(1),
    message: z.string().optional(),
  }),
  ofKind('redirect').extend({ location: z.string().min(1).optional() }),
  ofKind('not_json'),
  ofKind('wrong_json'),
  ofKind('wrong_member'),
  ofKind('wrong_email'),
  ofKind('hang'),
  ofKind('reset_connection'),
  ofKind('truncated_body'),
  ofKind('huge_body'),
  /** The true answer in drops, so the reset always happens. */
  ofKind('slow_body').extend({ bytesPerSecond: z.int().min(1).max(1000).optional() }),
  /** Hits new connections, before any request on them is read: it has no call and no e-mail. */
  z.strictObject({ kind: z.literal('reset_on_connect'), ...chance }),
])

export type FaultRule = z.infer<typeof FaultRuleSchema>
export type Fault<Kind extends FaultRule['kind']> = Extract<FaultRule, { kind: Kind }>
/** What can befall a request, besides being slow. */
export type RequestFault = Exclude<FaultRule, { kind: 'latency' | 'reset_on_connect' }>
