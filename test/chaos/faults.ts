import { OPERATOR } from '../../infra/local/access.ts'
import type { AwsCall, Interception } from '../../infra/local/aws-endpoint.ts'
import type { FaultRule } from '../../infra/local/stytch/faults.ts'

/** A fault of a function's request to AWS: a wait first, then a decision. `actions`: which requests, all unless given. */
type AwsFault = {
  service: AwsCall['service']
  actions?: readonly string[]
  waitMs?: number
  decision: Interception
}

const SLOW_MS = 800
/** Longer than the functions' AWS clients wait for an answer. */
const TOO_LATE_MS = 2500

/** How AWS may fail, by name. */
export const AWS_FAULTS: Readonly<Record<string, AwsFault>> = {
  ...faultsOf('SQS', 'sqs', '400 RequestThrottled', '503 ServiceUnavailable'),
  ...batchFaultsOf('SQS', 'sqs', 'SendMessageBatch'),
  ...faultsOf(
    'DynamoDB',
    'dynamodb',
    '400 ProvisionedThroughputExceededException',
    '500 InternalServerError',
  ),
  ...batchFaultsOf('DynamoDB', 'dynamodb', 'BatchWriteItem'),
  ...faultsOf('EventBridge', 'eventbridge', '400 ThrottlingException', '500 InternalException'),
  ...faultsOf('Secrets Manager', 'secretsmanager', '400 ThrottlingException', '500 InternalServiceError'),
}

/** `throttled`, `failed`: the status and the error type of the service's answers. */
function faultsOf(
  label: string,
  service: AwsCall['service'],
  throttled: string,
  failed: string,
): Record<string, AwsFault> {
  const late = (waitMs: number): AwsFault => ({ service, waitMs, decision: 'pass' })
  const answer = (text: string): AwsFault => {
    const [status, errorType = ''] = text.split(' ')
    return { service, decision: { status: Number(status), errorType } }
  }
  return {
    [`${label}: request dropped`]: { service, decision: 'drop' },
    [`${label}: slow`]: late(SLOW_MS),
    [`${label}: served after the caller gave up`]: late(TOO_LATE_MS),
    [`${label}: throttled`]: answer(throttled),
    [`${label}: server error`]: answer(failed),
  }
}

function batchFaultsOf(label: string, service: AwsCall['service'], action: string): Record<string, AwsFault> {
  const actions = [action]
  return {
    [`${label}: answer lost`]: { service, actions, decision: 'drop_response' },
    [`${label}: part of a batch`]: { service, actions, decision: { partial: 1 } },
  }
}

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

/** Faults of the requests of end-sessions. */
const OF_SESSIONS: Readonly<Record<string, FaultRule>> = {
  'search throttled': { kind: 'throttle', endpoint: 'search_organizations' },
  'search hangs': { kind: 'hang', endpoint: 'search_members' },
  'stranger in a page of a search': { kind: 'stranger_in_page' },
  'revocation: connection reset': { kind: 'reset_connection', endpoint: 'revoke' },
  'revocation: 500, but ended': { kind: 'server_error', status: 500, endpoint: 'revoke', afterEffect: true },
  'revocation ends nothing': { kind: 'sessions_survive' },
  'read-back: HTML 502': { kind: 'html', status: 502, endpoint: 'read_back' },
  'read-back: body cut off': { kind: 'truncated_body', endpoint: 'read_back' },
}

/** How the simulated Stytch may fail, by name. Unless the name says otherwise the call resets nobody, and ends no session. */
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
  ...OF_SESSIONS,
}

type Victim = 'fanOut' | 'requireReset' | 'endSessions'
export const VICTIMS: readonly Victim[] = ['fanOut', 'requireReset', 'endSessions']
export const KILLED = {
  fanOut: 'killed: fan-out',
  requireReset: 'killed: require-reset',
  endSessions: 'killed: end-sessions',
}
/** When a process is killed, and the chance at each opportunity: one that died at its first request would do no work. */
const KILL_CHANCES = {
  'while it works': { fanOut: 0.15, requireReset: 0.03, endSessions: 0.03 },
  'at a request': { fanOut: 0.3, requireReset: 0.3, endSessions: 0.3 },
  'before its answer is taken': { fanOut: 1, requireReset: 1, endSessions: 1 },
}
type Moment = keyof typeof KILL_CHANCES
export const MOMENTS = Object.keys(KILL_CHANCES) as Moment[]

/** A process to kill with SIGKILL, and when: during an invocation, at an AWS request, or after all its work. */
export type Kill = { victim: Victim; moment: Moment }

/** Calls of Stytch between two kills of a function. Without them a slow machine would do nothing but start processes. */
const MIN_CALLS = 15
/** The share of the requests a fault can hit that it does hit. */
const HIT_CHANCE = 0.5

export type FaultInjector = ReturnType<typeof createFaultInjector>

/**
 * Kills processes and lets AWS fail as it is armed to. `kill` ends every process of a function that is in an invocation and
 * returns how many; `calls` returns how many calls of Stytch so far would be lost with such processes; `sleep` in ms; `random` gives 0 to 1, 1 excluded.
 */
export function createFaultInjector(deps: {
  kill: (victim: Victim) => number
  calls: (victim: Victim) => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}) {
  const hits = new Map<string, number>()
  const callsAtLastKill = { fanOut: 0, requireReset: 0, endSessions: 0 }
  let kills: Kill[] = []
  let aws: { name: string; fault: AwsFault; left: number }[] = []

  function killAt(moment: Moment, functionName?: string): boolean {
    const next = kills.find(
      ({ victim, moment: when }) =>
        when === moment &&
        (functionName ?? victim).toLowerCase().startsWith(victim.toLowerCase()) &&
        deps.calls(victim) - callsAtLastKill[victim] >= MIN_CALLS &&
        deps.random() < KILL_CHANCES[moment][victim],
    )
    if (!next) return false
    // A dropped answer ends the process that gave it.
    const killed = moment === 'before its answer is taken' ? 1 : deps.kill(next.victim)
    if (killed === 0) return false
    kills = kills.filter((other) => other !== next)
    callsAtLastKill[next.victim] = deps.calls(next.victim)
    count(KILLED[next.victim], killed)
    return true
  }

  function count(name: string, times: number): void {
    hits.set(name, (hits.get(name) ?? 0) + times)
  }

  return {
    /** Kills this process at the next opportunity. */
    armKill: (kill: Kill) => void kills.push(kill),
    /** Lets the AWS fault of this name hit up to `times` of the next requests that it can hit. */
    armAws(name: string, times: number): void {
      const fault = AWS_FAULTS[name]
      if (!fault) throw new Error(`there is no fault ${name}`)
      if (aws.some((other) => other.name === name)) return
      // Faults that can hit few kinds of request come first, or the others would take their requests.
      const entry = { name, fault, left: times }
      aws = fault.actions ? [entry, ...aws] : [...aws, entry]
    },
    disarm(): void {
      kills = []
      aws = []
    },
    /** To be called every few milliseconds: kills the processes that are to die while they work. */
    look: () => void killAt('while it works'),
    async intercept(call: AwsCall): Promise<Interception> {
      if (call.caller === OPERATOR) return 'pass'
      if (killAt('at a request', call.caller)) return 'drop'
      const entry = aws.find(({ fault }) => canHit(fault, call) && deps.random() < HIT_CHANCE)
      if (!entry) return 'pass'
      entry.left -= 1
      aws = aws.filter(({ left }) => left > 0)
      count(entry.name, 1)
      if (entry.fault.waitMs) await deps.sleep(entry.fault.waitMs)
      return entry.fault.decision
    },
    beforeResponse: async (functionName: string): Promise<'drop' | 'pass'> =>
      killAt('before its answer is taken', functionName) ? 'drop' : 'pass',
    /** How often each fault hit, by name. */
    hits: (): ReadonlyMap<string, number> => hits,
  }
}

function canHit({ service, actions, decision }: AwsFault, call: AwsCall): boolean {
  const canBeSplit = typeof decision !== 'object' || !('partial' in decision) || countEntries(call) > 1
  return service === call.service && (actions?.includes(call.action) ?? true) && canBeSplit
}

function countEntries({ body }: AwsCall): number {
  const { Entries = [], RequestItems = {} } = body as {
    Entries?: unknown[]
    RequestItems?: Record<string, unknown[]>
  }
  return [Entries, ...Object.values(RequestItems)].reduce((sum, { length }) => sum + length, 0)
}
