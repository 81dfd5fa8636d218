import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'
import { deadLetteredPeople } from './dead-lettered-people.ts'

/**
 * How everybody of a list ended, by Stytch's own records, the dead-letter queue and the logs: each person once, in this order.
 * `missing`: no trace of them. `strangers`: called, or on the dead-letter queue, and not in the list.
 */
export function balancePeople(
  system: LocalSystem,
  people: ReadonlySet<string>,
  skips: ReadonlyMap<string, string>,
) {
  const deadLettered = deadLetteredPeople(system)
  const calls = system.stytch.calls()
  const reset = new Set(calls.filter(({ effect }) => effect !== 'none').map(({ email }) => email))
  const skipped = new Set(
    [...skips].flatMap(([key, code]) => (code === 'duplicate' ? [] : [key.split(' ')[1]])),
  )

  const endOf = (person: string) => {
    if (deadLettered.has(person)) return 'deadLettered'
    if (reset.has(person)) return 'reset'
    return skipped.has(personKey(system.ledger.key, system.credentials.project_id, person))
      ? 'skipped'
      : 'missing'
  }
  const counts = { deadLettered: 0, reset: 0, skipped: 0, missing: 0 }
  for (const person of people) counts[endOf(person)]++
  const met = [...deadLettered, ...calls.map(({ email }) => email)]
  return { ...counts, strangers: met.filter((person) => !people.has(person)).length }
}
