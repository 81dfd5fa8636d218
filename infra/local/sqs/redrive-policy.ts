import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'

const RedrivePolicySchema = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
})

export type RedrivePolicy = z.infer<typeof RedrivePolicySchema>

/** Parses a queue's RedrivePolicy attribute; undefined when it has none. Throws InvalidParameterValue when it is malformed. */
export function redrivePolicy({ RedrivePolicy }: Record<string, string>): RedrivePolicy | undefined {
  if (!RedrivePolicy) return undefined
  try {
    return RedrivePolicySchema.parse(JSON.parse(RedrivePolicy))
  } catch {
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn and maxReceiveCount (1 to 1000) are required.`,
    )
  }
}
