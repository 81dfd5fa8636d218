import type { OutcomeEvent } from '../../lib/contract/outcome-event.ts'
import { type EventKey, eventKey, fromItem, toItem } from '../../lib/progress/fact.ts'
import type { ProgressEffects } from '../../lib/progress/keep-facts.ts'

/** A table of facts and an event bus that keep what they are given, for a test to check. */
export function createProgress() {
  const items: ReturnType<typeof toItem>[] = []
  const events: OutcomeEvent[] = []
  const facts = () => items.flatMap((item) => fromItem(item) ?? [])
  const isOf = (event: EventKey, run: string) => (fact: ReturnType<typeof facts>[number]) =>
    fact.run === run && eventKey(fact.event) === eventKey(event)
  const effects: ProgressEffects = {
    putFact: async (fact, settlement) => void items.push(toItem(fact, settlement)),
    readRun: async (event, run) => facts().filter(isOf(event, run)),
    sendOutcomes: async (sent) => void events.push(...sent),
  }
  return { effects, items, events, facts }
}
