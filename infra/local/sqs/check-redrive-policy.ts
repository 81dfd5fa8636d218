import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import type { SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { redrivePolicy } from './redrive-policy.ts'

const AllowPolicySchema = z.object({
  redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']).default('allowAll'),
  sourceQueueArns: z.array(z.string()).default([]),
})

/**
 * Refuses (InvalidParameterValue) queue attributes whose RedrivePolicy is malformed, names a dead-letter queue that does
 * not exist, or one whose RedriveAllowPolicy keeps `sourceArn` out.
 */
export function checkRedrivePolicy(
  store: SqsStore,
  sourceArn: string,
  attributes: Record<string, string>,
): void {
  const policy = redrivePolicy(attributes)
  if (!policy) return
  const deadLetterQueue = store.getQueueByArn(policy.deadLetterTargetArn)
  if (!deadLetterQueue) throw refusal(attributes, 'Dead letter target does not exist.')
  const allow = AllowPolicySchema.parse(JSON.parse(deadLetterQueue.attributes.RedriveAllowPolicy ?? '{}'))
  const allowed =
    allow.redrivePermission === 'byQueue'
      ? allow.sourceQueueArns.includes(sourceArn)
      : allow.redrivePermission === 'allowAll'
  if (!allowed) throw refusal(attributes, 'Dead letter queue does not permit this source queue.')
}

function refusal(attributes: Record<string, string>, reason: string): SqsError {
  const message = `Value ${attributes.RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`
  return new SqsError('InvalidParameterValue', message)
}
