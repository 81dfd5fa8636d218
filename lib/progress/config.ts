import * as z from 'zod'

/** The environment variables that every function has for facts. */
export const PROGRESS_VARIABLES = {
  PROGRESS_TABLE: z.string().min(1),
  /** Name or ARN. Left out: no outcome events. */
  OUTCOME_BUS: z.string().min(1).optional(),
}

/** The settings that those variables hold. */
export function toProgressConfig(variables: { PROGRESS_TABLE: string; OUTCOME_BUS?: string | undefined }) {
  return { progressTable: variables.PROGRESS_TABLE, outcomeBus: variables.OUTCOME_BUS }
}

export type ProgressConfig = ReturnType<typeof toProgressConfig>
