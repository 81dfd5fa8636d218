import { addCrowd, countResets, send, signedIn } from '../infra/local/system/crowd.ts'
import type { Drill } from './drill.ts'
import { demand, startDrilledSystem } from './drilled-system.ts'
import { DRILL_STAGE } from './stage.ts'

const MEMBERS = 5_000
const MAX_MINUTES = 5

/** A real breach that is larger than an event may be: the operator approves it. */
export const mass: Drill = {
  goal: `a real breach of ${MEMBERS} in one event, at a limit of ${DRILL_STAGE.maxMembersPerEvent}: everyone is reset and logged out with 3 commands, no deploy, in under ${MAX_MINUTES} minutes`,
  async play(transcript, cleanUp) {
    const { system, type, untilAlarm } = await startDrilledSystem(DRILL_STAGE, transcript, cleanUp)
    const { event, emails } = addCrowd(system, 'mass', { size: MEMBERS })
    transcript.begin()
    await send(system, event)
    transcript.happens(`a producer sends one event of ${MEMBERS} members`)
    await untilAlarm()
    await type('redrive --stage prod --show', { shows: /over_limit/ })
    await type(`redrive --stage prod --event ${event.id} --split --confirm ${MEMBERS}`, {
      shows: /sent in pieces/,
    })
    await type(`status ${event.id} --stage prod --watch`, { shows: /FINISHED/ })
    const resets = [...countResets(system, emails).values()]
    demand(
      resets.every((count) => count === 1),
      `${resets.filter((count) => count !== 1).length} people were not reset exactly once`,
    )
    demand(
      signedIn(system, emails).length === 0,
      `${signedIn(system, emails).length} people are still signed in`,
    )
    demand(transcript.minutes() < MAX_MINUTES, `it took ${transcript.minutes().toFixed(1)} minutes`)
  },
}
