import type { Fault } from './fault-rule.ts'

/** How long this request waits: `ms`, or anything from `minMs` to `maxMs`. */
export function latencyMs({ ms, minMs = 0, maxMs = 0 }: Fault<'latency'>, random: () => number): number {
  return ms ?? minMs + random() * (maxMs - minMs)
}
