import type { SimulatorCall } from '../../infra/local/stytch/simulator-call.ts'

/** How many people were called again after a call had reset them. `calls`: in the order of arrival. */
export function countTwice(calls: readonly Pick<SimulatorCall, 'email' | 'effect'>[]): number {
  const reset = new Set<string>()
  const twice = new Set<string>()
  for (const { email, effect } of calls) {
    if (reset.has(email)) twice.add(email)
    else if (effect !== 'none') reset.add(email)
  }
  return twice.size
}
