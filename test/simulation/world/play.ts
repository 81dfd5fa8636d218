import type { Scenario } from '../scenario/scenario.ts'
import { toBody } from '../scenario/to-body.ts'
import { createWorld, toSecret } from './create-world.ts'
import type { Entry } from './entry.ts'
import type { Seams } from './seams.ts'
import { startFunctions } from './start-functions.ts'
import type { Deployment, World } from './world.ts'

const SECOND_SECRET = 'canary-secret-2'
/** Far behind the last fault, the last copy, the retry horizon and the redrive. */
const MOST_ENTRIES = 1_000_000
const END_MS = 13 * 24 * 3_600_000

/** A run that is over. */
export type Run = { scenario: Scenario; deployment: Deployment; world: World; journal: readonly Entry[] }

/** Lets a scenario happen, all of it, until nothing is left to happen. */
export async function play(scenario: Scenario, deployment: Deployment, seams: Seams = {}): Promise<Run> {
  const { world, journal } = createWorld(scenario, deployment)
  const { timeline, queues, people, stytch, secrets, startedAt, note } = world
  startFunctions(world, seams)

  for (const [number, produced] of scenario.produced.entries()) {
    let body: string | undefined
    for (const later of [0, ...produced.copies]) {
      timeline.at(startedAt + produced.sentAt + later, () => {
        body ??= toBody(produced, {
          ...{ number, start: startedAt, lastCallAt: world.lastCallAt() },
          emailOf: people.emailOf,
        })
        queues.breach.send({ body, by: 'a producer' })
      })
    }
  }
  for (const { person, at } of scenario.newPasswords) {
    timeline.at(startedAt + at, () => {
      stytch.choosePassword(person)
      note({ what: 'chose a password', person: `p${person}` })
    })
  }
  const { rotation, redriveAt } = scenario
  if (rotation) {
    timeline.at(startedAt + rotation.at, () => stytch.rotateSecret(SECOND_SECRET))
    timeline.at(startedAt + rotation.at + rotation.lag, () => secrets.set('stytch', toSecret(SECOND_SECRET)))
  }
  if (redriveAt !== undefined) timeline.at(startedAt + redriveAt, redrive)
  await timeline.run(startedAt + END_MS, () => journal.length > MOST_ENTRIES)
  return { scenario, deployment, world, journal }

  /** What a message move task does: the body as it is, a new SentTimestamp. */
  function redrive(): void {
    const letters = queues['dead-letter'].all()
    queues['dead-letter'].clear()
    for (const { body, id } of letters) queues.breach.send({ body, by: `redrive of ${id}` })
  }
}
