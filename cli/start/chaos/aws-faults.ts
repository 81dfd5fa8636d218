import type { AwsCall, TapDecision } from '../../../infra/local/tap.ts'

/** What befalls a function's request to AWS: a wait first, then a decision. `actions`: which requests, all unless given. */
export type AwsFault = {
  service: AwsCall['service']
  actions?: readonly string[]
  waitMs?: number
  decision: TapDecision
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
      'answer lost': { service, actions: writes, decision: 'lose_answer' },
      'part of a batch': { service, actions: writes, decision: { firstEntries: 1 } },
    }
    for (const [name, [status, errorType]] of Object.entries(errors))
      common[name] = { service, decision: { status, errorType } }
    return Object.entries(common)
      .filter(([, { actions }]) => actions?.length !== 0)
      .map(([name, fault]) => [`${label}: ${name}`, fault])
  }),
)
