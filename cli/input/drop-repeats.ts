import { createHash } from 'node:crypto'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { count, type Input } from './input.ts'

/** Leaves out events that repeat an earlier one word for word: sent together, they would call the same people twice. */
export function dropRepeats(input: Input): Input {
  const seen = new Set<string>()
  const isNew = (event: BreachEvent) => {
    const hash = createHash('sha256').update(JSON.stringify(event)).digest('hex')
    return !seen.has(hash) && seen.add(hash).size > 0
  }
  const events = input.events.filter(isNew)
  const repeats = input.events.length - events.length
  if (repeats === 0) return input
  const text = `${count(repeats, 'event')} left out: in it a second time`
  return { ...input, events, notes: [...input.notes, { text }] }
}
