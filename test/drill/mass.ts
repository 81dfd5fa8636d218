import { addCrowd, countResets, deadLettered, send, signedIn } from '../infra/local/system/crowd.ts'
import type { Drill } from './drill.ts'
import { demand, startDrilledSystem } from './drilled-system.ts'
import { DRILL_STAGE } from './stage.ts'

const MEMBERS = 5_000
const COMMANDS = 3
const MAX_MINUTES = 5

/** A real breach that is larger than an event may be: the operator approves it. */
export const mass: Drill = {
  goal: `a real breach of ${MEMBERS} in one event, at a limit of ${DRILL_STAGE.maxMembersPerEvent}: everyone is reset and logged out with ${COMMANDS} commands, no deploy, in under ${MAX_MINUTES} minutes`,
  async play(transcript, cleanUp) {
    const { system, type, untilAlarm, untilDrained } = await startDrilledSystem(
      DRILL_STAGE,
      transcript,
      cleanUp,
    )
    const { event, emails } = addCrowd(system, 'mass', { size: MEMBERS })
    transcript.begin()
    await send(system, event)
    transcript.happens(`a producer sends one event of ${MEMBERS} members`)
    await untilAlarm()
    await type('status --stage prod', /\bmass\b/)
    await type(`redrive --stage prod --event ${event.id} --split --confirm ${MEMBERS}`, /sent in pieces/)
    await type(`status ${event.id} --stage prod --watch`, /FINISHED/)
    const minutes = transcript.minutes()
    await untilDrained()
    const resets = [...countResets(system, emails).values()]
    demand(
      resets.every((count) => count === 1),
      `${resets.filter((count) => count !== 1).length} people were not reset exactly once`,
    )
    demand(
      signedIn(system, emails).length === 0,
      `${signedIn(system, emails).length} people are still signed in`,
    )
    demand(deadLettered(system).size === 0, `${deadLettered(system).size} people are dead letters`)
    demand(transcript.commands() === COMMANDS, `it took ${transcript.commands()} commands`)
    demand(minutes < MAX_MINUTES, `it took ${minutes.toFixed(1)} minutes`)
  },
}
