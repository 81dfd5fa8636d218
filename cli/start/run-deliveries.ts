import type { LocalSystem } from '../../infra/local/local-system.ts'
import { createDeliverOnce } from './create-deliver-once.ts'
import type { LogWatch } from './create-log-watch.ts'
import { countQueued, deliver } from './deliver.ts'
import type { Scenario } from './scenario.ts'
import type { RowEnd } from './tally-event.ts'

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
  const rows = events.reduce((sum, { data }) => sum + data.members.length, 0)
  const chosen = new Map<string, number>()
  let crashes = 0

  const deliverOnce = createDeliverOnce(system, { events }, logs, options.onDelivery)
  const deliverAll = (look: () => void) => deliver(system, bodies, look)

  function killHalfWay(): void {
    if (!options.crash || crashes > 0 || stytch.calls().length < rows / 2) return
    crashes = system.functions.requireReset.kill()
    chooseNewPasswords()
  }

  function chooseNewPasswords(): void {
    for (const { email, effect } of stytch.calls()) {
      if (effect === 'none' || chosen.has(email)) continue
      chosen.set(email, Date.now())
      stytch.setPassword(email, chosen.get(email))
    }
  }

  const first = await deliverOnce('reset', (look) =>
    deliverAll(() => {
      look()
      killHalfWay()
    }),
  )
  const stolenAlive = first.filter(({ kind, email }) => {
    if (email === undefined || kind === 'dead_lettered' || chosen.has(email)) return false
    return stytch.password(email).state === 'usable'
  }).length
  chooseNewPasswords()
  const again = await deliverOnce('again', deliverAll)
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
