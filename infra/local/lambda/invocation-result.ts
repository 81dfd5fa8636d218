import { z } from 'zod'

/** What the runtime client posts for an error; `name` and `message` of what was thrown may be anything. */
export const FunctionErrorSchema = z
  .object({ errorType: z.string().catch('Unhandled'), errorMessage: z.string().catch('') })
  .catch({ errorType: 'Unhandled', errorMessage: '' })

export type FunctionError = z.infer<typeof FunctionErrorSchema>

/** How an invocation ended. `initMs` is there only when the invocation started its environment. */
export type InvocationResult =
  | { kind: 'answered'; payload: unknown; durationMs: number; initMs?: number }
  | ({ kind: 'failed'; durationMs: number } & FunctionError)
