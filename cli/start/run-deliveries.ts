import type { LocalSystem } from '../../infra/local/local-system.ts'
import { countEnds, type EndCounts } from './count-ends.ts'
import { countTwice } from './count-twice.ts'
import { createDeliverOnce } from './create-deliver-once.ts'
import type { LogWatch } from './create-log-watch.ts'
import { countQueued, deliver } from './deliver.ts'
import type { RowEnd } from './row-end.ts'
import type { Scenario } from './scenario.ts'

export type Delivery = { look: () => void; end: () => void }

/** What was seen from outside, over the first delivery and the second one of the same events. */
export type Report = {
  first: EndCounts
  again: EndCounts
  /** How long each delivery took. */
  seconds: { first: number; again: number }
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
  scenario: Pick<Scenario, 'events' | 'bodies' | 'rows'>,
  logs: Pick<LogWatch, 'takeSkips'>,
  options: {
    crash: boolean
    onDelivery: (title: string, rows: number) => Delivery
    onLook: () => void
  },
): Promise<Report> {
  const { stytch } = system
  const { bodies, rows } = scenario
  const chosen = new Map<string, number>()
  let crashes = 0
  let stolenAlive = 0

  const deliverOnce = createDeliverOnce(system, scenario, logs, options.onDelivery)

  function killHalfWay(): void {
    if (!options.crash || crashes > 0 || stytch.calls().length < rows / 2) return
    crashes = system.functions.requireReset.kill()
    chooseNewPasswords()
  }

  function chooseNewPasswords(): void {
    for (const { email, effect } of stytch.calls()) {
      if (effect === 'none' || chosen.has(email)) continue
      const at = Date.now()
      chosen.set(email, at)
      stytch.setPassword(email, at)
    }
  }

  function lookForStolen({ kind, email }: RowEnd): void {
    if (email === undefined || kind === 'dead_lettered' || chosen.has(email)) return
    if (stytch.password(email).state === 'usable') stolenAlive++
  }

  async function deliverAll(title: string, onLook: () => void) {
    const startedAt = performance.now()
    const ends = await deliverOnce(title, (look) =>
      deliver(system, bodies, () => {
        look()
        options.onLook()
        onLook()
      }),
    )
    return { ends, seconds: (performance.now() - startedAt) / 1000 }
  }

  const delivered = await deliverAll('reset', killHalfWay)
  const first = countEnds(delivered.ends, lookForStolen)
  chooseNewPasswords()
  const deliveredAgain = await deliverAll('again', () => {})
  const again = countEnds(deliveredAgain.ends)

  let alive = 0
  for (const [email, at] of chosen) {
    const { state, setAt } = stytch.password(email)
    if (state === 'usable' && setAt === at) alive++
  }
  return {
    ...{ first, again, stolenAlive, crashes },
    seconds: { first: delivered.seconds, again: deliveredAgain.seconds },
    inQueue: countQueued(system),
    twice: countTwice(stytch.calls()),
    newPasswords: { chosen: chosen.size, alive },
  }
}
