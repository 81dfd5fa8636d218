import * as z from 'zod'
import type { SqsMessage } from './message.ts'
import { createQueue, type Queue } from './queue.ts'
import { invalidParameter, SqsError } from './sqs-error.ts'

const ACCOUNT = '000000000000'
const ARN_PREFIX = `arn:aws:sqs:us-east-1:${ACCOUNT}:`
export const MAX_VISIBILITY_SECONDS = 43_200

export type SqsQueue = {
  name: string
  url: string
  arn: string
  /** Those of CreateQueue, with SQS's defaults. */
  attributes: Record<string, string>
  redrive: RedrivePolicy | undefined
  /** ms since the epoch. */
  createdAt: number
  messages: Queue<SqsMessage>
}

export type Queues = {
  /** Creates a queue, or returns it when it exists with the same attributes. Throws the SqsErrors of CreateQueue. */
  create(name: string, attributes: Record<string, string>): SqsQueue
  /** Throws QueueDoesNotExist. */
  byUrl(url: string): SqsQueue
  byArn(arn: string): SqsQueue | undefined
  /** Whether a redrive policy names the queue with this ARN. */
  isDeadLetterQueue(arn: string): boolean
}

/** Creates the account's queues: none at first. `endpoint` is what their URLs begin with. */
export function createQueues({ now, endpoint }: { now: () => number; endpoint: () => string }): Queues {
  const queues = new Map<string, SqsQueue>()
  const byArn = (arn: string) => queues.get(arn)

  return {
    create(name, given) {
      if (!/^[\w-]{1,80}$/.test(name) || given.FifoQueue !== undefined)
        throw invalidParameter(
          'Only standard queues, named with 1 to 80 letters, digits, hyphens or underscores, are supported.',
        )
      const arn = ARN_PREFIX + name
      const attributes = withDefaults(given)
      const redrive = parseRedrivePolicy(attributes.RedrivePolicy)
      if (redrive && !byArn(redrive.deadLetterTargetArn))
        throw invalidParameter(
          `Value ${given.RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.`,
        )
      const existing = byArn(arn)
      if (existing) return sameQueue(existing, given)
      const queue: SqsQueue = {
        ...{ name, arn, attributes, redrive },
        url: `${endpoint()}/${ACCOUNT}/${name}`,
        createdAt: now(),
        messages: createQueue({
          now,
          visibilityMs: Number(attributes.VisibilityTimeout) * 1000,
          retentionMs: Number(attributes.MessageRetentionPeriod) * 1000,
          redrive: redrive && {
            maxReceiveCount: redrive.maxReceiveCount,
            // Id, enqueue time and receive count stay.
            deadLetter: (message) =>
              byArn(redrive.deadLetterTargetArn)?.messages.put({ ...message, deadLetterSourceArn: arn }),
          },
        }),
      }
      queues.set(arn, queue)
      return queue
    },
    byUrl(url) {
      const queue = byArn(ARN_PREFIX + url.slice(url.lastIndexOf('/') + 1))
      if (!queue) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.')
      return queue
    },
    byArn,
    isDeadLetterQueue: (arn) =>
      [...queues.values()].some(({ redrive }) => redrive?.deadLetterTargetArn === arn),
  }
}

/** The attributes that are numbers, with their ranges and defaults. */
const NUMBERS = {
  VisibilityTimeout: { min: 0, max: MAX_VISIBILITY_SECONDS, default: 30 },
  DelaySeconds: { min: 0, max: 900, default: 0 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, default: 0 },
  MaximumMessageSize: { min: 1024, max: 1_048_576, default: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, default: 345_600 },
}

const OTHERS = new Set([
  'RedrivePolicy',
  'Policy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
])

function withDefaults(given: Record<string, string>): Record<string, string> {
  for (const name of Object.keys(given))
    if (!(name in NUMBERS) && !OTHERS.has(name))
      throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`)
  const numbers = Object.entries(NUMBERS).map(([name, { min, max, default: byDefault }]) => {
    const value = Number(given[name] ?? byDefault)
    if (!Number.isInteger(value) || value < min || value > max)
      throw new SqsError(
        'InvalidAttributeValue',
        `Invalid value for the parameter ${name}. Reason: Must be between ${min} and ${max}.`,
      )
    return [name, String(value)]
  })
  const SqsManagedSseEnabled = String(given.KmsMasterKeyId === undefined)
  return { SqsManagedSseEnabled, ...given, ...Object.fromEntries(numbers) }
}

function sameQueue(existing: SqsQueue, given: Record<string, string>): SqsQueue {
  if (Object.entries(given).some(([name, value]) => existing.attributes[name] !== value))
    throw new SqsError(
      'QueueNameExists',
      'A queue already exists with the same name and a different value for an attribute.',
    )
  return existing
}

const RedrivePolicySchema = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
})

type RedrivePolicy = z.infer<typeof RedrivePolicySchema>

function parseRedrivePolicy(text: string | undefined): RedrivePolicy | undefined {
  if (!text) return undefined
  try {
    return RedrivePolicySchema.parse(JSON.parse(text))
  } catch {
    throw invalidParameter(
      `Value ${text} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn and maxReceiveCount (1 to 1000) are required.`,
    )
  }
}
