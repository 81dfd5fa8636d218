import { exposureEnd } from './exposure-end.ts'

/**
 * The fence: a password set after it can't be in this breach. A member whose recorded reset is at or after the fence is covered.
 * `sentAt` is the SentTimestamp of the message (ms since the epoch). A fence that a dead letter brings along can only lower it,
 * so that a redrive is held to the fence of the first delivery.
 */
export function computeFence(
  event: { time: string; fence?: string | undefined; data: { exposed_at?: string | undefined } },
  sentAt: number,
): string {
  const inherited = event.fence === undefined ? Number.POSITIVE_INFINITY : Date.parse(event.fence)
  return new Date(Math.min(exposureEnd(event), sentAt, inherited)).toISOString()
}
