import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { LocalQueue } from './boot-queues.ts'
import type { Resolver } from './create-resolver.ts'
import {
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from './lambda/start-event-source-mapping.ts'
import type { LocalFunction } from './lambda/start-function.ts'
import { resourcesOf } from './resources-of.ts'
import type { Template } from './template.ts'

const MappingSchema = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
})

type BatchSummary = Parameters<NonNullable<EventSourceMappingOptions['onBatch']>>[0]

/** Told of each batch once it is judged and its acknowledged messages are deleted. `functionName`: its logical id. */
export type OnBatch = (summary: BatchSummary & { functionName: string }) => void

/** Starts the template's event source mappings with their settings. Returns what stops them. */
export function bootMappings(
  template: Template,
  resolver: Resolver,
  parts: {
    sqs: SQSClient
    queues: ReadonlyMap<string, LocalQueue>
    functions: ReadonlyMap<string, LocalFunction>
    onBatch?: OnBatch
  },
): { stop(): Promise<void> } {
  const mappings = resourcesOf(template, resolver, 'AWS::Lambda::EventSourceMapping', MappingSchema).map(
    ([logicalId, properties]) => {
      const queue = [...parts.queues.values()].find(({ arn }) => arn === properties.EventSourceArn)
      const target = parts.functions.get(properties.FunctionName)
      if (!queue || !target) throw new Error(`${logicalId} connects nothing that is there locally`)
      return startEventSourceMapping({
        sqs: parts.sqs,
        queueUrl: queue.url,
        queueArn: queue.arn,
        batchSize: properties.BatchSize,
        windowSeconds: properties.MaximumBatchingWindowInSeconds,
        maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
        reportBatchItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
        invoke: target.invoke,
        onBatch: (summary) => parts.onBatch?.({ ...summary, functionName: properties.FunctionName }),
      })
    },
  )
  return { stop: async () => void (await Promise.all(mappings.map((mapping) => mapping.stop()))) }
}
