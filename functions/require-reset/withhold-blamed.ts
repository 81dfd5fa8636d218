import type { Result, Stop } from './outcome.ts'

/** Refusals that turned out to be the configuration's fault are not the members': they are sent on instead of dead-lettered. */
export function withholdBlamed(results: readonly Result[], stop: Stop | undefined): readonly Result[] {
  if (!stop) return results
  return results.map((result) => {
    const { person, outcome } = result
    const isBlamed = outcome.kind === 'failed' && outcome.unknown && outcome.code === stop.code
    if (!isBlamed) return result
    const { uncertain, requestId } = outcome
    return { person, outcome: { kind: 'left_over', stop, uncertain, requestId } }
  })
}
