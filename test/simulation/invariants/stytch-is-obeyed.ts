import type { Story } from './story.ts'

/** After a 429 with Retry-After nobody is called from that environment before that time is over. */
export function stytchIsObeyed({ calls }: Story): string[] {
  const all = [...calls.values()]
  return all.flatMap(({ environment, answered }) => {
    const { retryAfterMs, at = 0, index = 0 } = answered ?? {}
    if (!retryAfterMs) return []
    return all
      .filter(
        (later) => later.environment === environment && later.index > index && later.at < at + retryAfterMs,
      )
      .map((later) => `${environment} called ${later.person} although Stytch had asked for a pause`)
  })
}
