import { createHash } from 'node:crypto'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { nameRange, toRanges } from '../../lib/contract/ranges.ts'
import { UsageError } from '../terminal.ts'

const CHANGED =
  '--resume: the input has changed, so it is not known who was sent: send all of it again, without --resume; people who were reset since exposed_at are not reset again'
const TOKEN = /^([1-9]\d*(?:-[1-9]\d*)?(?:,[1-9]\d*(?:-[1-9]\d*)?)*):[0-9a-f]{12}$/

/** Whether a text can be a token that `resumeToken` made. */
export function isResumeToken(text: string): boolean {
  return TOKEN.test(text)
}

/**
 * Which events of an input are on the queue, by index, says the token that was printed when they were sent. Throws a UsageError for
 * another input.
 */
export function findResume(events: readonly BreachEvent[], token: string | undefined): ReadonlySet<number> {
  const onQueue = new Set<number>()
  if (token === undefined) return onQueue
  for (const range of (TOKEN.exec(token)?.[1] ?? '').split(',')) {
    const [from = 0, to = from] = range.split('-').map(Number)
    for (let number = from; number <= Math.min(to, events.length); number++) onQueue.add(number - 1)
  }
  if (resumeToken(events, onQueue) !== token) throw new UsageError(CHANGED)
  return onQueue
}

/** A token for those events of an input that are on the queue: their numbers, counted from 1, and a hash of their content. */
export function resumeToken(events: readonly BreachEvent[], onQueue: ReadonlySet<number>): string {
  const hash = createHash('sha256')
  const sent = [...events.entries()].filter(([index]) => onQueue.has(index))
  for (const [, event] of sent) hash.update(JSON.stringify(event))
  const numbers = toRanges(sent.map(([index]) => index + 1)).map(nameRange)
  return `${numbers.join(',')}:${hash.digest('hex').slice(0, 12)}`
}
