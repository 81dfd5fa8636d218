import type { Load } from './take-fairly.ts'

/** AWS says "recent" of the processing time that it measures: here half of it is forgotten in a minute. */
const HALF_LIFE_MS = 60_000
/** Who had nothing in flight for so long is quiet again (AWS's developer guide). */
const FORGOTTEN_AFTER_MS = 300_000

export type Workload = ReturnType<typeof createWorkload>

/** Keeps, for one queue, which tenants occupy its consumers: from a receive to the deletion, or to the end of the visibility timeout. */
export function createWorkload(now: () => number = Date.now) {
  const held = new Map<string, { tenant: string; since: number }>()
  const processed = new Map<string, { ms: number; at: number }>()

  const decay = ({ ms, at }: { ms: number; at: number }) => ms * 0.5 ** ((now() - at) / HALF_LIFE_MS)

  function settle(receiptHandle: string): void {
    const message = held.get(receiptHandle)
    if (!message) return
    const earlier = processed.get(message.tenant)
    processed.set(message.tenant, {
      ms: (earlier ? decay(earlier) : 0) + now() - message.since,
      at: now(),
    })
    message.since = now()
  }

  return {
    received(receiptHandle: string, tenant: string): void {
      held.set(receiptHandle, { tenant, since: now() })
    },
    ended(receiptHandle: string): void {
      settle(receiptHandle)
      held.delete(receiptHandle)
    },
    /** The tenants' loads now. `isInFlight` tells which receipt handles still hold their message. */
    loads(isInFlight: (receiptHandle: string) => boolean): Map<string, Load> {
      const loads = new Map<string, Load>()
      for (const receiptHandle of held.keys()) {
        settle(receiptHandle)
        if (!isInFlight(receiptHandle)) held.delete(receiptHandle)
      }
      for (const [tenant, entry] of processed) {
        if (now() - entry.at >= FORGOTTEN_AFTER_MS) processed.delete(tenant)
        else loads.set(tenant, { inFlight: 0, processingMs: decay(entry) })
      }
      for (const { tenant } of held.values()) {
        const load = loads.get(tenant)
        if (load) load.inFlight++
      }
      return loads
    },
  }
}
