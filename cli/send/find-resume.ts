import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { resumeToken } from './resume-token.ts'

const CHANGED =
  '--resume: the input is not what it was, so nobody can tell who was sent: send all of it again, without --resume; whoever has been reset since exposed_at is not reset again'

/** How many events of an input were sent before, by the token that was printed then. Returns a sentence when it is another input. */
export function findResume(
  events: readonly BreachEvent[],
  token: string | undefined,
): number | { wrong: string } {
  const count = token === undefined ? 0 : Number.parseInt(token, 10)
  const isSame = count === 0 || resumeToken(events.slice(0, count)) === token
  return isSame ? count : { wrong: CHANGED }
}
