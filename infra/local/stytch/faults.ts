import * as z from 'zod'
import { ENDPOINTS, type Endpoint } from './endpoint.ts'

const milliseconds = z.number().min(0).max(600_000)
const chance = {
  /** How many requests (or connections) it hits. Left out: all, until the faults are cleared. */
  times: z.int().min(1).optional(),
  /** The share of the matching requests that it hits, from 0 to 1. */
  probability: z.number().min(0).max(1).optional(),
}
const common = {
  ...chance,
  /** Only requests about this e-mail: of the member, or one of those that a search names. */
  email: z.string().min(1).optional(),
}

function ofKind<Kind extends string>(kind: Kind) {
  return z.strictObject({
    ...{ kind: z.literal(kind), ...common },
    /** The requests that it can hit. Left out: those to require_reset. */
    endpoint: z.enum([...ENDPOINTS, 'any']).optional(),
    /** The request has its effect (a reset, or ended sessions) although the answer is bad. */
    afterEffect: z.boolean().optional(),
  })
}

/** Waits, then answers truthfully; the effect comes after the wait, or before it with `afterEffect`. `ms`, or `minMs` and `maxMs`. */
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

/** One way for the simulated Stytch to misbehave. Unless said otherwise the request has no effect, see `afterEffect`. */
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
  /** The true answer, a few bytes at a time; the effect is always had. */
  ofKind('slow_body').extend({ bytesPerSecond: z.int().min(1).max(1000).optional() }),
  /** A revocation is answered with 200 and ends nothing. */
  z.strictObject({
    kind: z.literal('sessions_survive'),
    ...common,
    endpoint: z.literal('revoke').optional(),
  }),
  /** A page of a search of members names one whom nobody asked for, somebody real where there is one. */
  z.strictObject({
    kind: z.literal('stranger_in_page'),
    ...common,
    endpoint: z.literal('search_members').optional(),
  }),
  /** Hits new connections before any request on them is read, so there is no call and no e-mail. */
  z.strictObject({ kind: z.literal('reset_on_connect'), ...chance }),
])

export type FaultRule = z.infer<typeof FaultRuleSchema>
export type Fault<Kind extends FaultRule['kind']> = Extract<FaultRule, { kind: Kind }>
/** What can happen to a request besides being slow. */
export type RequestFault = Exclude<FaultRule, { kind: 'latency' | 'reset_on_connect' }>

/** The requests that a rule can hit. */
export function endpointOf(rule: FaultRule): Endpoint | 'any' {
  if (rule.kind === 'reset_on_connect') return 'any'
  if (rule.kind === 'sessions_survive') return 'revoke'
  if (rule.kind === 'stranger_in_page') return 'search_members'
  return rule.endpoint ?? 'require_reset'
}

/** Whether a request that is hit does what its answer, without the fault, would say. */
export function takesEffect(fault: RequestFault): boolean {
  switch (fault.kind) {
    case 'slow_body':
    case 'sessions_survive':
    case 'stranger_in_page':
      return true
    default:
      return fault.afterEffect === true
  }
}

/** How long this request waits, in ms: `ms`, or a random time from `minMs` to `maxMs`. */
export function latencyMs({ ms, minMs = 0, maxMs = 0 }: Fault<'latency'>, random: () => number): number {
  return ms ?? minMs + random() * (maxMs - minMs)
}
