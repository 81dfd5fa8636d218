import type { LocalSystem } from '../../infra/local/local-system.ts'
import { createPersonKey } from '../../lib/ledger/create-person-key.ts'
import type { LogWatch } from './create-log-watch.ts'
import { countQueued, deliver } from './deliver.ts'
import { readDeadLetters } from './read-dead-letters.ts'
import type { Scenario } from './scenario.ts'
import { type RowEnd, tallyEvent } from './tally-event.ts'

export type Delivery = { look: () => void; end: () => void }

/** What was seen from outside, over the first delivery and the second one of the same events. */
export type Report = {
  first: RowEnd[]
  again: RowEnd[]
  inQueue: number
  /** People who are not on the dead-letter queue and whose stolen password still works after the first delivery. */
  stolenAlive: number
  /** People who were called again after Stytch had reset them. */
  twice: number
  newPasswords: { chosen: number; alive: number }
  crashes: number
}

/**
 * Delivers the events, lets everybody who was reset choose a new password, and delivers the same events again.
 * With `crash`, the process of require-reset is killed when half of the rows have been called.
 */
export async function runDeliveries(
  system: LocalSystem,
  { events, bodies }: Scenario,
  logs: LogWatch,
  options: { crash: boolean; onDelivery: (title: string, rows: number) => Delivery },
): Promise<Report> {
  const { stytch } = system
  const hash = createPersonKey(system.ledger.key)
  const personKey = (email: string) => hash(system.credentials.project_id, email)
  const rows = events.reduce((sum, { data }) => sum + data.members.length, 0)
  const chosen = new Map<string, number>()
  let crashes = 0

  async function deliverOnce(title: string, crash: boolean): Promise<RowEnd[]> {
    const before = { calls: stytch.calls().length, lines: logs.outcomes().length }
    const oldLetters = new Set(readDeadLetters(system).map(({ messageId }) => messageId))
    const delivery = options.onDelivery(title, rows)
    await deliver(system, bodies, () => {
      delivery.look()
      if (crash && crashes === 0 && stytch.calls().length >= rows / 2) {
        crashes = system.functions.requireReset.kill()
        chooseNewPasswords()
      }
    })
    delivery.end()
    const traces = {
      calls: stytch.calls().slice(before.calls),
      lines: logs.outcomes().slice(before.lines),
      deadLetters: readDeadLetters(system).filter(({ messageId }) => !oldLetters.has(messageId)),
    }
    return events.flatMap((event) => tallyEvent(event, traces, personKey))
  }

  function chooseNewPasswords(): void {
    for (const { email, effect } of stytch.calls()) {
      if (effect === 'none' || chosen.has(email)) continue
      chosen.set(email, Date.now())
      stytch.setPassword(email, chosen.get(email))
    }
  }

  const first = await deliverOnce('reset', options.crash)
  const stolenAlive = first.filter(({ kind, email }) => {
    if (email === undefined || kind === 'dead_lettered' || chosen.has(email)) return false
    return stytch.password(email).state === 'usable'
  }).length
  chooseNewPasswords()
  const again = await deliverOnce('again', false)
  const alive = [...chosen].filter(([email, at]) => {
    const password = stytch.password(email)
    return password.state === 'usable' && password.setAt === at
  })
  const byPerson = [...Map.groupBy(stytch.calls(), ({ email }) => email).values()]
  const twice = byPerson.filter((calls) => {
    const reset = calls.findIndex(({ effect }) => effect !== 'none')
    return reset !== -1 && reset < calls.length - 1
  }).length
  return {
    first,
    again,
    inQueue: countQueued(system),
    stolenAlive,
    twice,
    newPasswords: { chosen: chosen.size, alive: alive.length },
    crashes,
  }
}
