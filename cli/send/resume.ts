import { createHash } from 'node:crypto'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { UsageError } from '../terminal.ts'

const CHANGED =
  '--resume: the input has changed, so it is not known who was sent: send all of it again, without --resume; people who were reset since exposed_at are not reset again'

/** How many events of an input were sent before, by the token that was printed then. Throws a UsageError for another input. */
export function findResume(events: readonly BreachEvent[], token: string | undefined): number {
  const count = token === undefined ? 0 : Number.parseInt(token, 10)
  if (count > 0 && resumeToken(events.slice(0, count)) !== token) throw new UsageError(CHANGED)
  return count
}

/** A token for the first events of an input, made of their number and content, so that a send can resume after them. */
export function resumeToken(events: readonly BreachEvent[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return `${events.length}-${hash.digest('hex').slice(0, 12)}`
}
