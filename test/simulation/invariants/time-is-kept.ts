import type { Story } from './story.ts'

/** No call starts when what it may take and what settling needs is more than the invocation has left. */
export function timeIsKept({ invocations, run }: Story): string[] {
  const { stage, settings } = run.deployment
  const reserve = settings.settleReserveMs + stage.stytchTimeoutSeconds * 1000
  return [...invocations.values()].flatMap(({ calls, deadline, invocation }) =>
    calls
      .filter(({ at }) => at > deadline - reserve)
      .map(({ at, person }) => `${invocation} called ${person} ${deadline - at} ms before its end`),
  )
}
