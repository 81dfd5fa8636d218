import * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import { resourcesOf } from './resources-of.ts'
import type { LocalSqs } from './sqs/start-sqs.ts'
import type { Template } from './template.ts'

const QueueSchema = z.object({
  VisibilityTimeout: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  DelaySeconds: z.number().optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
})

/** Encryption at rest makes no difference in memory. */
const IGNORED = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']

export type LocalQueue = { url: string; arn: string }

/** Creates the template's queues with their settings, dead-letter queues first. Returns them by logical id. */
export async function bootQueues(
  template: Template,
  resolver: Resolver,
  sqs: LocalSqs,
): Promise<Map<string, LocalQueue>> {
  const booted = new Map<string, LocalQueue>()
  const bootAll = async (Resources: Template['Resources']) => {
    for (const [logicalId, properties] of resourcesOf(
      { Resources },
      resolver,
      'AWS::SQS::Queue',
      QueueSchema,
      IGNORED,
    )) {
      const queue = await sqs.createQueue(logicalId, toAttributes(properties))
      resolver.define(logicalId, { ref: queue.url, attributes: { Arn: queue.arn, QueueName: logicalId } })
      booted.set(logicalId, queue)
    }
  }
  const [withTarget, without] = partition(template.Resources)
  await bootAll(without)
  await bootAll(withTarget)
  return booted
}

function partition(resources: Template['Resources']): [Template['Resources'], Template['Resources']] {
  const redrives = ([, { Properties }]: [string, { Properties?: unknown }]) =>
    typeof Properties === 'object' && Properties !== null && 'RedrivePolicy' in Properties
  const entries = Object.entries(resources)
  return [
    Object.fromEntries(entries.filter(redrives)),
    Object.fromEntries(entries.filter((entry) => !redrives(entry))),
  ]
}

function toAttributes(properties: z.infer<typeof QueueSchema>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  const present = Object.entries(properties).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present.map(([name, value]) => [name, text(value)]))
}
