import * as z from 'zod'
import { StepVariablesSchema, toStepConfig } from '../../lib/step/config.ts'

/** The environment variables of require-reset beside those of every step, set by the stack. */
export const ConfigSchema = StepVariablesSchema.extend({
  RESET_QUEUE_URL: z.url(),
  /** Where everyone goes whose reset is certain. Left out: their sessions stay open. */
  SESSIONS_QUEUE_URL: z.url().optional(),
  STYTCH_REQUESTS_PER_SECOND: z.coerce.number().positive(),
  MAX_UNRECORDED: z.coerce.number().int().min(1),
}).transform((variables) => ({
  ...toStepConfig(variables),
  resetQueueUrl: variables.RESET_QUEUE_URL,
  sessionsQueueUrl: variables.SESSIONS_QUEUE_URL,
  requestsPerSecond: variables.STYTCH_REQUESTS_PER_SECOND,
  maxUnrecorded: variables.MAX_UNRECORDED,
}))

export type Config = z.infer<typeof ConfigSchema>
