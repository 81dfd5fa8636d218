import type { SimulatorCall } from '../../../infra/local/stytch/simulator.ts'

/** When the last of these e-mails was really reset first, in ms since the epoch; undefined while somebody has not been. */
export function findLastReset(
  calls: readonly SimulatorCall[],
  emails: ReadonlySet<string>,
): number | undefined {
  const resetAt = new Map<string, number>()
  for (const { email, effect, at } of calls)
    if (effect !== 'none' && emails.has(email) && !resetAt.has(email)) resetAt.set(email, at)
  return resetAt.size < emails.size ? undefined : Math.max(...resetAt.values())
}
