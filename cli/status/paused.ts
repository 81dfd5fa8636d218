import type { LambdaClient } from '@aws-sdk/client-lambda'
import { type FunctionName, type Mapping, readState } from '../pause/mappings.ts'
import type { ProgressTarget } from '../progress/progress-target.ts'
import { sentenceOf } from '../terminal.ts'

/** Which functions get no messages, or why that is not known. Undefined: nothing names them. */
type Paused = { paused: readonly FunctionName[] } | { paused_unknown: string } | undefined

/** Reads which functions are paused, or soon will be. Never rejects: an operator may not be allowed to see it. */
export async function readPaused({
  lambda,
  mappings,
}: {
  lambda: LambdaClient
  mappings: readonly Mapping[]
}): Promise<Paused> {
  if (mappings.length === 0) return undefined
  try {
    const states = await Promise.all(mappings.map(({ uuid }) => readState(lambda, uuid)))
    return { paused: mappings.flatMap(({ name }, at) => (/^Disabl/.test(states[at] ?? '') ? [name] : [])) }
  } catch (error) {
    return { paused_unknown: sentenceOf(error) }
  }
}

/** What is paused, and how to resume it, above what else there is to say; nothing if nothing is. */
export function pausedLines(paused: Paused, { typed }: ProgressTarget): string[] {
  if (!paused) return []
  if ('paused_unknown' in paused) return [`paused: not known (${paused.paused_unknown})`, '']
  if (paused.paused.length === 0) return []
  return [
    `paused: ${paused.paused.join(', ')}. Messages wait until:`,
    `  npx --no breach-reset resume ${typed}`,
    '',
  ]
}
