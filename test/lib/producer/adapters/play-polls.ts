import type { BreachEvent } from '../../../../lib/contract/breach-event.ts'
import { bigBreach } from '../../../simulation/outage/outage.ts'
import { DAY, DEPLOYMENTS } from '../../../simulation/scenario/scenario.ts'
import { startFunctions } from '../../../simulation/world/play.ts'
import { createWorld } from '../../../simulation/world/world.ts'

const BETWEEN_POLLS = 2 * DAY

/**
 * Puts the events of each poll on the breach queue, the first on 2026-11-20T12:00:00Z and two days between them, and lets both
 * functions handle them in virtual time. Everybody chooses a new password a day after each poll.
 * Resolves to whom Stytch was called for after each poll, and to how many messages are left on the queues in the end.
 */
export async function playPolls(people: number, polls: readonly (readonly BreachEvent[])[]) {
  const { world, journal } = createWorld({ ...bigBreach(people, []), produced: [] }, DEPLOYMENTS.narrow)
  const { timeline, queues, stytch, startedAt } = world
  startFunctions(world, {})
  for (const [number, events] of polls.entries()) {
    const polledAt = startedAt + number * BETWEEN_POLLS
    timeline.at(polledAt, () => {
      for (const event of events) queues.breach.send({ body: JSON.stringify(event), by: 'a producer' })
    })
    timeline.at(polledAt + DAY, () => {
      for (let person = 0; person < people; person++) stytch.choosePassword(person)
    })
  }
  await timeline.run(startedAt + polls.length * BETWEEN_POLLS, () => false)
  const called = polls.map((_, number) =>
    journal
      .filter(({ at }) => Math.floor((at - startedAt) / BETWEEN_POLLS) === number)
      .flatMap((entry) => (entry.what === 'called' ? entry.person : []))
      .toSorted(),
  )
  return { called, left: Object.values(queues).flatMap((queue) => queue.all()).length }
}
