import * as z from 'zod'
import { ModeSchema } from '../contract/breach-event.ts'
import { PROGRESS_VARIABLES } from '../progress/effects.ts'
import { StytchEnvironmentSchema } from '../stytch/credentials.ts'

const ORIGIN = /^(https:\/\/[^/?#]+|http:\/\/127\.0\.0\.1:\d+)$/

/** The environment variables of every function that calls Stytch, set by the stack, except STYTCH_BASE_URL. Durations are in the unit of their name. */
export const StepVariablesSchema = z.object({
  STAGE: z.string().min(1),
  MODE: ModeSchema,
  DEAD_LETTER_QUEUE_URL: z.url(),
  LEDGER_TABLE: z.string().min(1),
  LEDGER_KEY_SECRET: z.string().min(1),
  STYTCH_SECRET: z.string().min(1),
  STYTCH_ENVIRONMENT: StytchEnvironmentSchema,
  STYTCH_BASE_URL: z
    .url()
    .regex(ORIGIN, { error: 'must be an https origin, or http on 127.0.0.1' })
    .optional(),
  STYTCH_CALLS_IN_FLIGHT: z.coerce.number().int().min(1),
  FUNCTION_TIMEOUT_MS: z.coerce.number().int().positive(),
  STYTCH_TIMEOUT_MS: z.coerce.number().int().positive(),
  SETTLE_RESERVE_MS: z.coerce.number().int().positive(),
  RETRY_HORIZON_HOURS: z.coerce.number().positive(),
  ...PROGRESS_VARIABLES,
})

/** The settings that those variables hold. */
export function toStepConfig(variables: z.infer<typeof StepVariablesSchema>) {
  return {
    stage: variables.STAGE,
    mode: variables.MODE,
    deadLetterQueueUrl: variables.DEAD_LETTER_QUEUE_URL,
    ledgerTable: variables.LEDGER_TABLE,
    ledgerKeySecret: variables.LEDGER_KEY_SECRET,
    stytchSecret: variables.STYTCH_SECRET,
    stytchEnvironment: variables.STYTCH_ENVIRONMENT,
    stytchBaseUrl: variables.STYTCH_BASE_URL,
    callsInFlight: variables.STYTCH_CALLS_IN_FLIGHT,
    functionTimeoutMs: variables.FUNCTION_TIMEOUT_MS,
    callTimeoutMs: variables.STYTCH_TIMEOUT_MS,
    settleReserveMs: variables.SETTLE_RESERVE_MS,
    retryHorizonMs: variables.RETRY_HORIZON_HOURS * 3_600_000,
    progressTable: variables.PROGRESS_TABLE,
    outcomeBus: variables.OUTCOME_BUS,
  }
}

export type StepConfig = ReturnType<typeof toStepConfig>
