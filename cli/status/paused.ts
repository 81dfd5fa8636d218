import type { LambdaClient } from '@aws-sdk/client-lambda'
import { type FunctionName, findPaused, type Mapping } from '../pause/mappings.ts'
import type { ProgressTarget } from '../progress/progress-target.ts'
import { sentenceOf } from '../terminal.ts'

/** Which functions get no messages, or why that is not known. Undefined: nothing names them. */
type Paused = { paused: readonly FunctionName[] } | { paused_unknown: string } | undefined

/** Reads which functions are paused. Never rejects: an operator may not be allowed to see it. */
export async function readPaused({
  lambda,
  mappings,
}: {
  lambda: LambdaClient
  mappings: readonly Mapping[]
}): Promise<Paused> {
  if (mappings.length === 0) return undefined
  return findPaused(lambda, mappings).then(
    (paused) => ({ paused }),
    (error) => ({ paused_unknown: sentenceOf(error) }),
  )
}

/** What is paused, and how to resume it, above what else there is to say; nothing if nothing is. */
export function pausedLines(paused: Paused, { typed }: ProgressTarget): string[] {
  if (!paused) return []
  if ('paused_unknown' in paused) return [`paused: not known (${paused.paused_unknown})`, '']
  if (paused.paused.length === 0) return []
  return [`paused: ${paused.paused.join(', ')}. Messages wait until: npx breach-reset resume ${typed}`, '']
}
