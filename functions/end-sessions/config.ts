import * as z from 'zod'
import { StepVariablesSchema, toStepConfig } from '../../lib/step/config.ts'

const starts = z.coerce.number().int().min(1)

/** The environment variables of end-sessions beside those of every step, set by the stack. */
export const ConfigSchema = StepVariablesSchema.extend({
  SESSIONS_QUEUE_URL: z.url(),
  STYTCH_SEARCHES_PER_MINUTE: starts,
  STYTCH_REVOCATIONS_PER_SECOND: starts,
  STYTCH_READ_BACKS_PER_SECOND: starts,
}).transform((variables) => ({
  ...toStepConfig(variables),
  sessionsQueueUrl: variables.SESSIONS_QUEUE_URL,
  searchesPerMinute: variables.STYTCH_SEARCHES_PER_MINUTE,
  revocationsPerSecond: variables.STYTCH_REVOCATIONS_PER_SECOND,
  readBacksPerSecond: variables.STYTCH_READ_BACKS_PER_SECOND,
}))

export type Config = z.infer<typeof ConfigSchema>
