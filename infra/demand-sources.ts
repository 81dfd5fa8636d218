import { demand } from './demand.ts'
import type { Stage } from './stage.ts'

/** Lambda has 4 KB for all variables of a function; the others of fan-out may take the rest. */
const MOST_BYTES = 2_500

/** Throws a sentence when the limits of a stage's sources contradict each other, or there are too many to be told to fan-out. */
export function demandSources({ sources = {}, maxMembersPerEvent: ofStage }: Stage): void {
  for (const [name, { maxMembersPerEvent: ofEvent = ofStage, maxMembersPerHour }] of Object.entries(
    sources,
  )) {
    const knob = `sources.${name}`
    demand(
      ofEvent <= ofStage,
      `${knob}.maxMembersPerEvent ${ofEvent} is above maxMembersPerEvent ${ofStage}, which holds for every source: lower it, or leave it out`,
    )
    demand(
      maxMembersPerHour === undefined || maxMembersPerHour >= ofEvent,
      `${knob}.maxMembersPerHour ${maxMembersPerHour} is below the ${ofEvent} members that an event of it may have, and such an event would never pass: raise it, or set ${knob}.maxMembersPerEvent to ${maxMembersPerHour} or less`,
    )
  }
  const bytes = Buffer.byteLength(JSON.stringify(sources))
  demand(
    bytes <= MOST_BYTES,
    `sources takes ${bytes} bytes, and the environment of a function has room for ${MOST_BYTES}: name fewer, and let '*' stand for the others`,
  )
}
