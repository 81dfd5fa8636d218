import pLimit from 'p-limit'
import { breachEvent } from '../fixtures/breach-event.ts'
import { addCrowd, deadLettered, send } from '../infra/local/system/crowd.ts'
import type { Drill } from './drill.ts'
import { demand, startDrilledSystem } from './drilled-system.ts'
import { DRILL_STAGE } from './stage.ts'

const EVENTS = 200
const MEMBERS = 900
const MAX_MINUTES = 2
const { maxMembersPerHour } = DRILL_STAGE

/** A producer that somebody else has taken over sends false events: the brakes hold without anyone, and the operator stops it. */
export const storm: Drill = {
  goal: `${EVENTS} false events of ${MEMBERS} members each: an alarm within ${MAX_MINUTES} minutes of the first, and at most the ${maxMembersPerHour} of an hour are reset`,
  async play(transcript, cleanUp) {
    const { system, type, untilAlarm, untilDrained } = await startDrilledSystem(
      DRILL_STAGE,
      transcript,
      cleanUp,
    )
    const { stytch } = system
    const countReset = () => stytch.calls().filter(({ effect }) => effect !== 'none').length
    const events = Array.from(
      { length: EVENTS },
      (_, index) => addCrowd(system, `storm-${index}`, { size: MEMBERS }).event,
    )
    const [first = breachEvent()] = events
    const limited = pLimit(20)
    transcript.begin()
    const sending = Promise.all(events.map((event) => limited(() => send(system, event))))
    const minute = await untilAlarm()
    await sending
    transcript.happens(
      `${EVENTS} events of ${MEMBERS} members have been sent, ${countReset()} people were reset`,
    )
    await type('pause --stage prod', /paused/)
    transcript.happens(`${countReset()} people were reset when the functions stopped`)
    await type('status --stage prod', /paused/)
    await type(`status ${first.id} --stage prod`, /sender/, [0, 3, 4])
    await type('resume --stage prod --function fan-out', /resumed/)
    await type('resume --stage prod', /resumed/)
    await untilDrained()
    transcript.happens(`had nobody paused: ${countReset()} people reset, of ${EVENTS * MEMBERS}`)
    const count = countReset()
    await type(`redrive --stage prod --source ${first.source} --show`, /over_hourly_limit/)
    await type(`redrive --stage prod --source ${first.source} --delete`, /over_hourly_limit/)
    demand(minute <= MAX_MINUTES, `the first alarm came after ${minute.toFixed(1)} minutes`)
    demand(count > 0, 'nobody was reset: the storm did not arrive')
    demand(count <= maxMembersPerHour, `${count} people were reset`)
    demand(deadLettered(system).size === 0, 'letters of the storm are left')
  },
}
