import type { Effects } from '../../../functions/require-reset/create-reset-batch.ts'
import type { Environment } from './create-environment.ts'
import type { World } from './world.ts'

/** As in handler.ts: a secret is read again after five minutes, or when a fresh one is asked for. */
const MAX_AGE_MS = 300_000

/** Secrets Manager as one execution environment sees it, through its cache. */
export function createReadSecret(
  { secrets, timeline }: World,
  environment: Environment,
): Effects['readSecret'] {
  const cache = new Map<string, { text: string | undefined; readAt: number }>()
  return async (name, { fresh }) => {
    const cached = cache.get(name)
    if (cached && !fresh && timeline.now() - cached.readAt < MAX_AGE_MS) return cached.text
    const { text } = await environment.perform('read secret', () => ({ text: secrets.get(name) }))
    cache.set(name, { text, readAt: timeline.now() })
    return text
  }
}
