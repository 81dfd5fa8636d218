import type { AwsCall, Interceptor } from '../../../../infra/local/aws-endpoint.ts'
import type { OnBatch } from '../../../../infra/local/boot.ts'
import { OPERATOR } from '../../../../infra/local/local-system.ts'
import { capacityUnits } from '../../server/capacity-units.ts'

/** What was asked of AWS, by everybody but the producer. Units as DynamoDB bills them. */
export type Usage = {
  /** By action. ReceiveMessage and DeleteMessageBatch are the event source mapping's; idle polls are among them. */
  sqsRequests: Record<string, number>
  writeUnits: number
  readUnits: number
  /** By function, its name without CDK's hash. */
  lambda: Record<string, LambdaUsage>
}

/** ms as Lambda bills them, each invocation rounded up; the start of environments apart. `timedOut`: of the invocations. */
export type LambdaUsage = { invocations: number; timedOut: number; billedMs: number; initMs: number }

export const NO_LAMBDA: LambdaUsage = { invocations: 0, timedOut: 0, billedMs: 0, initMs: 0 }

export type Meter = {
  intercept: Interceptor
  onBatch: OnBatch
  read(): Usage
  /** Messages sent to work queues, and messages deleted from them, by anybody. */
  messages(): { sent: number; deleted: number }
}

/** Counts what the local AWS is asked for: `intercept` for the endpoints, `onBatch` for the mappings. `isWorkQueue` tells by URL which messages are work. */
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
