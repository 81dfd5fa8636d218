/** What a tenant takes of a queue's consumers: messages in flight, and ms of processing lately. */
export type Load = { inFlight: number; processingMs: number }

const NOISY_SHARE = 0.1
const NOISY_IN_FLIGHT = 30

/**
 * The first `most` of the visible messages, the oldest first, as a fair queue delivers them: while there are messages of
 * quiet tenants, none of a noisy one, and of several noisy tenants the one with the fewest in flight is served first.
 * Noisy is, by AWS's developer guide, who has 30 messages in flight that are over a tenth of all, or took over a tenth of
 * the consumers' time lately. AWS calls both approximate. A message whose tenant is undefined is quiet.
 */
export function takeFairly<Message>(
  visible: readonly Message[],
  most: number,
  tenantOf: (message: Message) => string | undefined,
  loads: ReadonlyMap<string, Load>,
): Message[] {
  const isNoisy = noiseMeter(loads)
  const taken: Message[] = []
  const noisy = new Map<string, { inFlight: number; waiting: Message[] }>()
  for (const message of visible) {
    if (taken.length === most) return taken
    const tenant = tenantOf(message)
    if (tenant === undefined || !isNoisy(tenant)) taken.push(message)
    else {
      const entry = noisy.get(tenant) ?? { inFlight: loads.get(tenant)?.inFlight ?? 0, waiting: [] }
      if (entry.waiting.length < most) entry.waiting.push(message)
      noisy.set(tenant, entry)
    }
  }
  while (taken.length < most) {
    const waiting = [...noisy.values()].filter((entry) => entry.waiting.length > 0)
    const [least] = waiting.sort((one, other) => one.inFlight - other.inFlight)
    const message = least?.waiting.shift()
    if (!least || message === undefined) break
    least.inFlight++
    taken.push(message)
  }
  return taken
}

function noiseMeter(loads: ReadonlyMap<string, Load>): (tenant: string) => boolean {
  const all = { inFlight: 0, processingMs: 0 }
  for (const { inFlight, processingMs } of loads.values()) {
    all.inFlight += inFlight
    all.processingMs += processingMs
  }
  return (tenant) => {
    const { inFlight, processingMs } = loads.get(tenant) ?? { inFlight: 0, processingMs: 0 }
    return (
      (inFlight >= NOISY_IN_FLIGHT && inFlight > NOISY_SHARE * all.inFlight) ||
      processingMs > NOISY_SHARE * all.processingMs
    )
  }
}
