import * as z from 'zod'
import { ModeSchema } from '../../lib/contract/breach-event.ts'
import { StytchEnvironmentSchema } from '../../lib/stytch/credentials.ts'

const ORIGIN = /^(https:\/\/[^/?#]+|http:\/\/127\.0\.0\.1:\d+)$/

/** The environment variables of require-reset, set by the stack, except STYTCH_BASE_URL. Durations are in the unit of their name. */
export const ConfigSchema = z
  .object({
    STAGE: z.string().min(1),
    MODE: ModeSchema,
    RESET_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    LEDGER_TABLE: z.string().min(1),
    LEDGER_KEY_SECRET: z.string().min(1),
    STYTCH_SECRET: z.string().min(1),
    STYTCH_ENVIRONMENT: StytchEnvironmentSchema,
    STYTCH_BASE_URL: z
      .url()
      .regex(ORIGIN, { error: 'must be an https origin, or http on 127.0.0.1' })
      .optional(),
    STYTCH_REQUESTS_PER_SECOND: z.coerce.number().positive(),
    STYTCH_CALLS_IN_FLIGHT: z.coerce.number().int().min(1),
    MAX_UNRECORDED: z.coerce.number().int().min(1),
    FUNCTION_TIMEOUT_MS: z.coerce.number().int().positive(),
    STYTCH_TIMEOUT_MS: z.coerce.number().int().positive(),
    SETTLE_RESERVE_MS: z.coerce.number().int().positive(),
    RETRY_HORIZON_HOURS: z.coerce.number().positive(),
  })
  .transform((env) => ({
    stage: env.STAGE,
    mode: env.MODE,
    resetQueueUrl: env.RESET_QUEUE_URL,
    deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
    ledgerTable: env.LEDGER_TABLE,
    ledgerKeySecret: env.LEDGER_KEY_SECRET,
    stytchSecret: env.STYTCH_SECRET,
    stytchEnvironment: env.STYTCH_ENVIRONMENT,
    stytchBaseUrl: env.STYTCH_BASE_URL,
    requestsPerSecond: env.STYTCH_REQUESTS_PER_SECOND,
    callsInFlight: env.STYTCH_CALLS_IN_FLIGHT,
    maxUnrecorded: env.MAX_UNRECORDED,
    functionTimeoutMs: env.FUNCTION_TIMEOUT_MS,
    callTimeoutMs: env.STYTCH_TIMEOUT_MS,
    settleReserveMs: env.SETTLE_RESERVE_MS,
    retryHorizonMs: env.RETRY_HORIZON_HOURS * 3_600_000,
  }))

export type Config = z.infer<typeof ConfigSchema>
