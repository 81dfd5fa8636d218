import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { type Answer, errorAnswer, jsonAnswer, successAnswer } from './answers.ts'

const milliseconds = z.number().min(0).max(600_000)
const chance = {
  /** How many requests (or connections) it hits. Left out: all, until the faults are cleared. */
  times: z.int().min(1).optional(),
  /** The share of the matching requests that it hits, from 0 to 1. */
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
  /** The true answer, a few bytes at a time; the reset always happens. */
  ofKind('slow_body').extend({ bytesPerSecond: z.int().min(1).max(1000).optional() }),
  /** Hits new connections before any request on them is read, so there is no call and no e-mail. */
  z.strictObject({ kind: z.literal('reset_on_connect'), ...chance }),
])

export type FaultRule = z.infer<typeof FaultRuleSchema>
type Fault<Kind extends FaultRule['kind']> = Extract<FaultRule, { kind: Kind }>
/** What can happen to a request besides being slow. */
export type RequestFault = Exclude<FaultRule, { kind: 'latency' | 'reset_on_connect' }>

export type FaultList = {
  /** Throws when the rule is wrong. */
  add(rule: FaultRule): void
  clear(): void
  /** The rule of each hit so far, in order. */
  hits(): readonly FaultRule[]
  /** What hits this request: at most one delay and one other fault. Older rules come first. */
  pick(email: string): { latency: Fault<'latency'> | undefined; fault: RequestFault | undefined }
  /** Whether a new connection is to be reset. */
  hitsConnection(): boolean
}

/** A rule in force. `order` is the number of rules added before it. */
type Entry = { rule: FaultRule; order: number; hitsLeft: number }

/** Keeps the faults in force and counts their hits. `random` returns numbers from 0 up to but not including 1. */
export function createFaultList(random: () => number): FaultList {
  let byEmail = new Map<string | undefined, Entry[]>()
  let added = 0
  const hits: FaultRule[] = []

  function take<Rule extends FaultRule>(
    entries: readonly Entry[],
    matches: (rule: FaultRule) => rule is Rule,
  ): Rule | undefined {
    for (const entry of entries) {
      const { rule } = entry
      if (!matches(rule)) continue
      if (rule.probability !== undefined && random() >= rule.probability) continue
      entry.hitsLeft -= 1
      if (entry.hitsLeft === 0) forget(emailOf(rule))
      hits.push(rule)
      return rule
    }
    return undefined
  }

  function forget(email: string | undefined): void {
    const remaining = of(email).filter(({ hitsLeft }) => hitsLeft > 0)
    if (remaining.length > 0) byEmail.set(email, remaining)
    else byEmail.delete(email)
  }

  const of = (email: string | undefined) => byEmail.get(email) ?? []

  return {
    add: (rule) => {
      const checked = FaultRuleSchema.parse(rule)
      const entry = { rule: checked, order: added++, hitsLeft: checked.times ?? Number.POSITIVE_INFINITY }
      const email = emailOf(checked)
      byEmail.set(email, [...of(email), entry])
    },
    clear: () => {
      byEmail = new Map()
    },
    hits: () => [...hits],
    pick: (email) => {
      const entries = [...of(undefined), ...of(email)].sort((a, b) => a.order - b.order)
      return {
        latency: take(entries, (rule): rule is Fault<'latency'> => rule.kind === 'latency'),
        fault: take(
          entries,
          (rule): rule is RequestFault => rule.kind !== 'latency' && rule.kind !== 'reset_on_connect',
        ),
      }
    },
    hitsConnection: () =>
      take(of(undefined), (rule): rule is Fault<'reset_on_connect'> => rule.kind === 'reset_on_connect') !==
      undefined,
  }
}

function emailOf(rule: FaultRule): string | undefined {
  return 'email' in rule ? rule.email?.toLowerCase() : undefined
}

const SERVER_ERRORS = {
  499: 'client_closed_request',
  500: 'internal_server_error',
  503: 'server_unavailable',
}

/** The complete but bad answer of a fault. Undefined for the faults that break the sending of an answer. */
export function badAnswer(
  fault: RequestFault,
  about: { requestId: string; email: string },
): Answer | undefined {
  const { requestId } = about
  switch (fault.kind) {
    case 'throttle': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      return errorAnswer(429, 'too_many_requests', requestId, { headers })
    }
    case 'server_error': {
      const status = fault.status ?? 500
      return errorAnswer(status, SERVER_ERRORS[status], requestId)
    }
    case 'error':
      return errorAnswer(fault.status, fault.errorType, requestId, { message: fault.message })
    case 'html':
      return htmlAnswer(fault.status ?? 502)
    case 'redirect':
      return { ...htmlAnswer(302), headers: { location: fault.location ?? '/maintenance' } }
    case 'not_json':
      return { status: 200, contentType: 'text/plain', body: 'OK' }
    case 'wrong_json':
      return jsonAnswer(200, { surprise: true })
    case 'wrong_member':
      return strangerAnswer({ requestId, email: about.email })
    case 'wrong_email':
      return strangerAnswer({ requestId, email: `stranger-${about.email}` })
    default:
      return undefined
  }
}

/** What a proxy in front of Stytch answers. */
function htmlAnswer(status: number): Answer {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`
  return { status, contentType: 'text/html', body }
}

/** A perfect 200 about a member and an organization that do not exist. */
function strangerAnswer({ requestId, email }: { requestId: string; email: string }): Answer {
  const organizationId = `organization-test-${randomUUID()}`
  const createdAt = 0
  return successAnswer(
    {
      requestId,
      organization: { organizationId, slug: 'stranger', name: 'Stranger', suspended: false, createdAt },
      member: {
        memberId: `member-test-${randomUUID()}`,
        organizationId,
        email,
        name: 'Stranger',
        status: 'active',
        breakGlass: false,
        createdAt,
      },
      passwordId: undefined,
    },
    { answer: 'full', absentStrings: '""' },
  )
}

/** Sends `answer` broken in the way of the fault. Returns the status that was sent, or 0 for none. */
export function sendBroken(response: ServerResponse, fault: RequestFault, answer: Answer): number {
  switch (fault.kind) {
    case 'reset_connection':
      response.socket?.resetAndDestroy()
      return 0
    case 'truncated_body':
      sendTruncated(response, answer)
      return answer.status
    case 'huge_body':
      response.writeHead(200, { 'content-type': 'application/json' })
      // Ends only when the client or stop() closes the connection, which rejects.
      void pipeline(Readable.from(endlessJson()), response).catch(() => {})
      return 200
    case 'slow_body':
      sendSlowly(response, answer, fault.bytesPerSecond ?? 10)
      return answer.status
    default:
      return 0
  }
}

function sendTruncated(response: ServerResponse, { status, contentType, body }: Answer): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length })
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroySoon())
}

function* endlessJson(): Generator<string> {
  yield '{"request_id":"'
  const chunk = 'x'.repeat(65_536)
  for (;;) yield chunk
}

/** Sends an answer byte by byte, `bytesPerSecond` of its body, until it is complete or the connection closes. */
function sendSlowly(response: ServerResponse, answer: Answer, bytesPerSecond: number): void {
  const bytes = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': bytes.length,
    ...answer.headers,
  })
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + 1))
    sent += 1
    if (sent >= bytes.length) response.end()
  }, 1000 / bytesPerSecond)
  response.once('finish', () => clearInterval(timer))
  response.once('close', () => clearInterval(timer))
}

/** How long this request waits, in ms: `ms`, or a random time from `minMs` to `maxMs`. */
export function latencyMs({ ms, minMs = 0, maxMs = 0 }: Fault<'latency'>, random: () => number): number {
  return ms ?? minMs + random() * (maxMs - minMs)
}
