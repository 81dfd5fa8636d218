import { createHash } from 'node:crypto'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { UsageError } from '../terminal.ts'

const CHANGED =
  '--resume: the input is not what it was, so nobody can tell who was sent: send all of it again, without --resume; whoever has been reset since exposed_at is not reset again'

/** How many events of an input were sent before, by the token that was printed then. Throws a UsageError when it is another input. */
export function findResume(events: readonly BreachEvent[], token: string | undefined): number {
  const count = token === undefined ? 0 : Number.parseInt(token, 10)
  if (count > 0 && resumeToken(events.slice(0, count)) !== token) throw new UsageError(CHANGED)
  return count
}

/** Names the first events of an input, by how many they are and what is in them, so that a send can go on behind them. */
export function resumeToken(events: readonly BreachEvent[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return `${events.length}-${hash.digest('hex').slice(0, 12)}`
}
