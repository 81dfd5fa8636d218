import { OPERATOR } from '../../../infra/local/access.ts'
import type { AwsCall, Interceptor } from '../../../infra/local/aws-endpoint.ts'
import type { OnBatch } from '../../../infra/local/boot.ts'
import type { SimulatorCall } from '../../../infra/local/stytch/calls.ts'
import { peakPerSecond } from '../../simulation/invariants/calls.ts'
import { capacityUnits } from '../capacity-units.ts'
import { type AwsUse, toDollars } from '../prices.ts'

/** What was asked of AWS, not counting the producer. Units as DynamoDB bills them. */
export type Usage = {
  /** By action. ReceiveMessage, which includes idle polls, and DeleteMessageBatch come from the event source mapping. */
  sqsRequests: Record<string, number>
  writeUnits: number
  readUnits: number
  /** By the name of the function without CDK's hash. */
  lambda: Record<string, LambdaUsage>
}

/** ms as Lambda bills them, each invocation rounded up; the start of environments is separate. `timedOut` counts invocations. */
export type LambdaUsage = { invocations: number; timedOut: number; billedMs: number; initMs: number }

const NO_LAMBDA: LambdaUsage = { invocations: 0, timedOut: 0, billedMs: 0, initMs: 0 }

export type Meter = {
  intercept: Interceptor
  onBatch: OnBatch
  read(): Usage
  /** Messages sent to work queues, and messages deleted from them, by anyone. */
  messages(): { sent: number; deleted: number }
}

/** Counts the requests to the local AWS: `intercept` is for the endpoints, `onBatch` for the mappings. `isWorkQueue` takes a queue URL. */
export function createMeter(isWorkQueue: (queueUrl: string) => boolean): Meter {
  const usage: Usage = { sqsRequests: {}, writeUnits: 0, readUnits: 0, lambda: {} }
  let sent = 0
  let deleted = 0

  function count({ service, action, caller, body }: AwsCall): void {
    if (service === 'dynamodb') {
      const { writeUnits, readUnits } = capacityUnits(action, body as Parameters<typeof capacityUnits>[1])
      usage.writeUnits += writeUnits
      usage.readUnits += readUnits
    }
    if (service !== 'sqs') return
    const { QueueUrl = '', Entries = [] } = body as { QueueUrl?: string; Entries?: unknown[] }
    if (isWorkQueue(QueueUrl) && action === 'SendMessage') sent++
    if (isWorkQueue(QueueUrl) && action === 'SendMessageBatch') sent += Entries.length
    const isProducer = caller === OPERATOR && action === 'SendMessage'
    if (!isProducer) usage.sqsRequests[action] = (usage.sqsRequests[action] ?? 0) + 1
  }

  return {
    intercept: async (call) => {
      count(call)
      return 'pass'
    },
    onBatch: ({ functionName, result, ...batch }) => {
      deleted += batch.deleted
      const name = functionName.replace(/[0-9A-F]{8}$/, '')
      const { invocations, timedOut, billedMs, initMs } = usage.lambda[name] ?? NO_LAMBDA
      const isTimeout = 'errorType' in result && result.errorType === 'Sandbox.Timedout'
      usage.lambda[name] = {
        invocations: invocations + 1,
        timedOut: timedOut + (isTimeout ? 1 : 0),
        billedMs: billedMs + Math.ceil(result.durationMs),
        initMs: initMs + Math.ceil('initMs' in result ? (result.initMs ?? 0) : 0),
      }
    },
    read: () => structuredClone(usage),
    messages: () => ({ sent, deleted }),
  }
}

/** What was used between two readings of a meter. */
export function usageSince(earlier: Usage, later: Usage): Usage {
  return {
    sqsRequests: since(earlier.sqsRequests, later.sqsRequests),
    writeUnits: later.writeUnits - earlier.writeUnits,
    readUnits: later.readUnits - earlier.readUnits,
    lambda: Object.fromEntries(
      Object.entries(later.lambda).map(([name, counts]) => [
        name,
        since(earlier.lambda[name] ?? NO_LAMBDA, counts),
      ]),
    ),
  }
}

function since<Counts extends Record<string, number>>(earlier: Counts, later: Counts): Counts {
  const counts = Object.entries(later).map(([name, count]) => [name, count - (earlier[name] ?? 0)])
  return Object.fromEntries(counts)
}

/** US dollars per million members. */
export type StackDollars = { lambda: number; sqs: number; ledger: number; total: number }

/** What a million members cost if `members` of them use this much of AWS, with functions of `memoryMb`. Cold starts are billed as well. */
export function priceUsage(usage: Usage, members: number, memoryMb: number): StackDollars {
  const functions = Object.values(usage.lambda)
  const use: AwsUse = {
    lambdaGbSeconds:
      (sum(functions.map(({ billedMs, initMs }) => billedMs + initMs)) / 1000) * (memoryMb / 1024),
    lambdaRequests: sum(functions.map(({ invocations }) => invocations)),
    sqsRequests: sum(Object.values(usage.sqsRequests)),
    writeUnits: usage.writeUnits,
    readUnits: usage.readUnits,
  }
  const { lambdaTime, lambdaRequests, sqsRequests, ledger, total } = toDollars(use, members)
  return { lambda: lambdaTime + lambdaRequests, sqs: sqsRequests, ledger, total }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The calls that Stytch received. */
export type CallReport = {
  calls: number
  /** Calls per second from the first to the last. */
  perSecond: number
  /** In the busiest second, wherever it begins. */
  busiestSecond: number
  /** How many of these are over the budget. */
  beyondBudget: number
  throttled: number
}

/** Compares calls, in the order of their arrival, with a budget of calls per second. */
export function judgeCalls(calls: readonly SimulatorCall[], budget: number): CallReport {
  const seconds = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000
  const busiestSecond = peakPerSecond(calls.map(({ at }) => at))
  return {
    calls: calls.length,
    perSecond: (calls.length - 1) / seconds,
    busiestSecond,
    beyondBudget: Math.max(0, busiestSecond - budget),
    throttled: calls.filter(({ status }) => status === 429).length,
  }
}

/** When every one of these e-mails had been reset for the first time, in ms since the epoch; undefined while one has not been. */
export function findLastReset(
  calls: readonly SimulatorCall[],
  emails: ReadonlySet<string>,
): number | undefined {
  const resetAt = new Map<string, number>()
  for (const { email, effect, at } of calls)
    if (effect !== 'none' && emails.has(email) && !resetAt.has(email)) resetAt.set(email, at)
  return resetAt.size < emails.size ? undefined : Math.max(...resetAt.values())
}
