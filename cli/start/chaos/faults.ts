import { isDeepStrictEqual } from 'node:util'
import type { AwsCall, Interception } from '../../../infra/local/aws-endpoint.ts'
import type { FaultRule } from '../../../infra/local/stytch/faults.ts'

/** What befalls a function's request to AWS: a wait first, then a decision. `actions`: which requests, all unless given. */
type AwsFault = {
  service: AwsCall['service']
  actions?: readonly string[]
  waitMs?: number
  decision: Interception
}

const SLOW_MS = 800
/** Longer than the functions' AWS clients wait for an answer; served all the same. */
const TOO_LATE_MS = 2500

type Service = {
  label: string
  service: AwsCall['service']
  writes: readonly string[]
  errors: Record<string, [status: number, errorType: string]>
}

const SERVICES: readonly Service[] = [
  {
    ...{ label: 'SQS', service: 'sqs', writes: ['SendMessageBatch'] },
    errors: { throttled: [400, 'RequestThrottled'], 'server error': [503, 'ServiceUnavailable'] },
  },
  {
    ...{ label: 'DynamoDB', service: 'dynamodb', writes: ['BatchWriteItem'] },
    errors: {
      throttled: [400, 'ProvisionedThroughputExceededException'],
      'server error': [500, 'InternalServerError'],
    },
  },
  {
    ...{ label: 'Secrets Manager', service: 'secretsmanager', writes: [] },
    errors: { throttled: [400, 'ThrottlingException'], 'server error': [500, 'InternalServiceError'] },
  },
]

/** How AWS may misbehave, by name. */
export const AWS_FAULTS: Readonly<Record<string, AwsFault>> = Object.fromEntries(
  SERVICES.flatMap(({ label, service, writes, errors }) => {
    const common: Record<string, AwsFault> = {
      'request dropped': { service, decision: 'drop' },
      slow: { service, waitMs: SLOW_MS, decision: 'pass' },
      'served after the caller gave up': { service, waitMs: TOO_LATE_MS, decision: 'pass' },
      'answer lost': { service, actions: writes, decision: 'drop_response' },
      'part of a batch': { service, actions: writes, decision: { partial: 1 } },
    }
    for (const [name, [status, errorType]] of Object.entries(errors))
      common[name] = { service, decision: { status, errorType } }
    return Object.entries(common)
      .filter(([, { actions }]) => actions?.length !== 0)
      .map(([name, fault]) => [`${label}: ${name}`, fault])
  }),
)

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

export type AwsChaos = {
  /** Has the fault of this name hit so many of the next requests that it can hit. */
  arm(name: string, times: number): void
  disarm(): void
  decide(call: AwsCall): Promise<Interception>
  /** How often each fault hit, by name. */
  hits(): ReadonlyMap<string, number>
}

/** Of the requests that a fault can hit. */
const HIT_SHARE = 0.5

/** Lets AWS misbehave as it is armed to, at most one fault for a request, those that can hit few kinds of request before the others. `sleep` in ms; `random` gives 0 to 1, 1 excluded. */
export function createAwsChaos(deps: {
  sleep: (ms: number) => Promise<void>
  random: () => number
}): AwsChaos {
  const hits = new Map<string, number>()
  let armed: { name: string; fault: AwsFault; left: number }[] = []

  return {
    arm(name, times) {
      const fault = AWS_FAULTS[name]
      if (!fault) throw new Error(`there is no fault ${name}`)
      if (armed.some((other) => other.name === name)) return
      const entry = { name, fault, left: times }
      armed = fault.actions ? [entry, ...armed] : [...armed, entry]
    },
    disarm: () => {
      armed = []
    },
    async decide(call) {
      const entry = armed.find(({ fault }) => canHit(fault, call) && deps.random() < HIT_SHARE)
      if (!entry) return 'pass'
      entry.left -= 1
      armed = armed.filter(({ left }) => left > 0)
      hits.set(entry.name, (hits.get(entry.name) ?? 0) + 1)
      if (entry.fault.waitMs) await deps.sleep(entry.fault.waitMs)
      return entry.fault.decision
    },
    hits: () => hits,
  }
}

function canHit({ service, actions, decision }: AwsFault, call: AwsCall): boolean {
  const hasRest = typeof decision !== 'object' || !('partial' in decision) || countEntries(call) > 1
  return service === call.service && (actions?.includes(call.action) ?? true) && hasRest
}

function countEntries({ body }: AwsCall): number {
  const { Entries = [], RequestItems = {} } = body as {
    Entries?: unknown[]
    RequestItems?: Record<string, unknown[]>
  }
  return [Entries, ...Object.values(RequestItems)].reduce((sum, { length }) => sum + length, 0)
}

export const VICTIMS = ['fanOut', 'requireReset'] as const
export const MOMENTS = ['while it works', 'at a request', 'before its answer is taken'] as const

/** A process to be killed with SIGKILL, and when: in the middle of an invocation, at an AWS request, or after all its work. */
export type Kill = { victim: (typeof VICTIMS)[number]; moment: (typeof MOMENTS)[number] }

export type Killer = {
  arm(kill: Kill): void
  disarm(): void
  /** To be called again and again: kills whoever is to be killed while it works. */
  look(): void
  /** Whether the caller has just been killed at this request. */
  atRequest(call: Pick<AwsCall, 'caller'>): boolean
  /** Whether the function of this name is to die before its answer is taken. */
  beforeAnswer(functionName: string): boolean
  /** How many processes of each function were killed. */
  killed(): Readonly<Record<Kill['victim'], number>>
}

/** Of Stytch, between two kills of a function: without it a slow machine would do nothing but start processes. */
const MIN_CALLS = 15
/** Of the looks and the requests: a process that died at the first of them would never come to do anything. */
const STRIKE_SHARE = { look: { fanOut: 0.15, requireReset: 0.03 }, request: 0.3 }

/**
 * Kills processes of the functions as it is armed to, each after some work since its last kill. `kill` ends every process of
 * a function that is in an invocation and returns how many; `calls` counts those of Stytch so far; `random` gives 0 to 1,
 * 1 excluded.
 */
export function createKiller(deps: {
  kill: (victim: Kill['victim']) => number
  calls: () => number
  random: () => number
}): Killer {
  const { kill, calls, random } = deps
  const killed = { fanOut: 0, requireReset: 0 }
  let armed: Kill[] = []
  const callsAtLast = { fanOut: 0, requireReset: 0 }

  function strike(hits: (kill: Kill) => boolean, kill: (victim: Kill['victim']) => number): boolean {
    const hasWorked = ({ victim }: Kill) => calls() - callsAtLast[victim] >= MIN_CALLS
    const next = armed.find((kill) => hits(kill) && hasWorked(kill))
    const count = next ? kill(next.victim) : 0
    if (!next || count === 0) return false
    killed[next.victim] += count
    callsAtLast[next.victim] = calls()
    armed = armed.filter((other) => other !== next)
    return true
  }

  const isOf = (victim: Kill['victim'], functionName: string) =>
    functionName.toLowerCase().startsWith(victim.toLowerCase())

  return {
    arm: (next) => void armed.push(next),
    disarm: () => {
      armed = []
    },
    look: () =>
      void strike(
        ({ victim, moment }) => moment === 'while it works' && random() < STRIKE_SHARE.look[victim],
        kill,
      ),
    atRequest: ({ caller }) =>
      strike(
        ({ victim, moment }) =>
          moment === 'at a request' && isOf(victim, caller) && random() < STRIKE_SHARE.request,
        kill,
      ),
    beforeAnswer: (functionName) =>
      strike(
        ({ victim, moment }) => moment === 'before its answer is taken' && isOf(victim, functionName),
        () => 1,
      ),
    killed: () => killed,
  }
}

const HOW_OFTEN = { times: 1, probability: 1 }

/** How often each kind of fault hit, by name; 0 for those that never did. */
export function countHits(seen: {
  stytch: readonly FaultRule[]
  aws: ReadonlyMap<string, number>
  rotations: number
  killed: Readonly<Record<'fanOut' | 'requireReset', number>>
}): Map<string, number> {
  const ofStytch = Object.entries(STYTCH_FAULTS).map(([name, fault]): [string, number] => [
    `Stytch: ${name}`,
    seen.stytch.filter((rule) => isDeepStrictEqual({ ...rule, ...HOW_OFTEN }, { ...fault, ...HOW_OFTEN }))
      .length,
  ])
  return new Map([
    ...ofStytch,
    ['Stytch: key rotated', seen.rotations],
    ...Object.keys(AWS_FAULTS).map((name): [string, number] => [name, seen.aws.get(name) ?? 0]),
    ['killed: fan-out', seen.killed.fanOut],
    ['killed: require-reset', seen.killed.requireReset],
  ])
}
