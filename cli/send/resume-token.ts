import { createHash } from 'node:crypto'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'

/** Names the first events of an input, by how many they are and what is in them, so that a send can go on behind them. */
export function resumeToken(events: readonly BreachEvent[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return `${events.length}-${hash.digest('hex').slice(0, 12)}`
}
