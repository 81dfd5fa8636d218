import type { LocalSystem } from '../../infra/local/local-system.ts'
import { createPersonKey } from '../../lib/ledger/create-person-key.ts'
import type { LogWatch } from './create-log-watch.ts'
import { readDeadLetters } from './read-dead-letters.ts'
import type { Delivery } from './run-deliveries.ts'
import type { Scenario } from './scenario.ts'
import { type RowEnd, tallyEvent } from './tally-event.ts'

/**
 * Returns what shows the progress of a delivery that `work` makes, and resolves to how each row of each event ended, by
 * what was left behind meanwhile.
 */
export function createDeliverOnce(
  system: LocalSystem,
  { events }: Pick<Scenario, 'events'>,
  logs: Pick<LogWatch, 'outcomes'>,
  onDelivery: (title: string, rows: number) => Delivery,
) {
  const { stytch } = system
  const rows = events.reduce((sum, { data }) => sum + data.members.length, 0)
  const hash = createPersonKey(system.ledger.key)
  const personKey = (email: string) => hash(system.credentials.project_id, email)

  return async (title: string, work: (look: () => void) => Promise<unknown>): Promise<RowEnd[]> => {
    const before = { calls: stytch.calls().length, lines: logs.outcomes().length }
    const oldLetters = new Set(readDeadLetters(system).map(({ messageId }) => messageId))
    const delivery = onDelivery(title, rows)
    await work(delivery.look)
    delivery.end()
    const traces = {
      calls: stytch.calls().slice(before.calls),
      lines: logs.outcomes().slice(before.lines),
      deadLetters: readDeadLetters(system).filter(({ messageId }) => !oldLetters.has(messageId)),
    }
    return events.flatMap((event) => tallyEvent(event, traces, personKey))
  }
}
