import type { LocalSystem } from '../../infra/local/local-system.ts'
import { createPersonKey } from '../../lib/ledger/create-person-key.ts'
import type { LogWatch } from './create-log-watch.ts'
import { createTally } from './create-tally.ts'
import { readDeadLetters } from './read-dead-letters.ts'
import type { RowEnd } from './row-end.ts'
import type { Delivery } from './run-deliveries.ts'
import type { Scenario } from './scenario.ts'

/**
 * Returns what shows the progress of a delivery that `work` makes, and resolves to how each row of each event ended, by
 * what was left behind meanwhile. The ends can be gone through once.
 */
export function createDeliverOnce(
  system: LocalSystem,
  { events, rows }: Pick<Scenario, 'events' | 'rows'>,
  logs: Pick<LogWatch, 'takeSkips'>,
  onDelivery: (title: string, rows: number) => Delivery,
) {
  const { stytch, inside, queues } = system
  const hash = createPersonKey(system.ledger.key)
  const personKey = (email: string) => hash(system.credentials.project_id, email)

  return async (title: string, work: (look: () => void) => Promise<unknown>): Promise<Iterable<RowEnd>> => {
    const earlierCalls = stytch.calls().length
    const oldLetters = new Set(inside.messages(queues.deadLetter.url).map(({ messageId }) => messageId))
    logs.takeSkips()
    const delivery = onDelivery(title, rows)
    await work(delivery.look)
    delivery.end()
    const tally = createTally(
      {
        calls: stytch.calls().slice(earlierCalls),
        skips: logs.takeSkips(),
        deadLetters: readDeadLetters(system, oldLetters),
      },
      personKey,
    )
    return tallyAll(tally)
  }

  function* tallyAll(tally: ReturnType<typeof createTally>): Generator<RowEnd> {
    for (const event of events) yield* tally(event)
  }
}
