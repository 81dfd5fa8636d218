import { BREACH_EVENT_TYPE, MOST_MEMBERS } from '../../lib/contract/breach-event.ts'
import type { UncheckedBreachEvent } from '../../lib/contract/unchecked-breach-event.ts'
import { toMessageBody } from '../../lib/queue/to-message-body.ts'
import { castRow } from './cast-row.ts'
import { populateProject } from './populate-project.ts'
import type { Scenario } from './scenario.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Makes a realistic breach of `count` rows, the same one every time but for its dates: an infostealer's harvest, sent by a
 * careless feed in events of at most `rowsPerEvent`.
 */
export function makeBreach(count: number, now: number, rowsPerEvent = MOST_MEMBERS): Scenario {
  function* makeEvents(): Generator<UncheckedBreachEvent> {
    for (let from = 0; from < count; from += rowsPerEvent) {
      const rows = Math.min(rowsPerEvent, count - from)
      yield {
        specversion: '1.0',
        type: BREACH_EVENT_TYPE,
        source: 'urn:example:stealer-log-feed',
        id: `harvest-${new Date(now).toISOString().slice(0, 10)}-${from / rowsPerEvent + 1}`,
        time: new Date(now - 60_000).toISOString(),
        data: {
          reason: 'infostealer',
          severity: 'high',
          exposed_at: new Date(now - DAY_MS).toISOString(),
          members: Array.from({ length: rows }, (_, index) => castRow(from + index).written),
        },
      }
    }
  }

  function* makeBodies(): Generator<string> {
    for (const event of makeEvents()) yield toMessageBody(event)
  }

  return {
    rows: count,
    enforced: true,
    events: { [Symbol.iterator]: makeEvents },
    bodies: { [Symbol.iterator]: makeBodies },
    populate: (stytch) => populateProject(stytch, count, now),
  }
}
