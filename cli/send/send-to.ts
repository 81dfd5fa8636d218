import { setTimeout as sleep } from 'node:timers/promises'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { createSendEvents } from '../../lib/producer/create-send-events.ts'
import type { EventResult } from '../../lib/producer/event-result.ts'
import { sentenceOf } from '../sentence-of.ts'
import type { EndCounts } from '../start/count-ends.ts'
import { openTarget, type Queue } from './open-target.ts'
import type { SendTarget } from './parse-send-options.ts'
import { sendShown } from './send-shown.ts'

/** `ends`: of a local system, how each row ended. `isDryRun`: the deployed stage resets nobody. */
export type Outcome = { results: EventResult[]; ends?: EndCounts; isDryRun?: boolean }

/** Sends events to a deployed or a local system. Rejects with a sentence when that can't be reached. */
export async function sendTo(
  target: Exclude<SendTarget, 'nowhere'>,
  events: readonly BreachEvent[],
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<Outcome> {
  const send = ({ sqs, queueUrl }: Queue) => {
    const deps = { sqs, queueUrl, sleep, random: Math.random, explain: sentenceOf }
    return sendShown(createSendEvents(deps), events, { signal, quiet })
  }
  if (target === 'local') {
    const { sendLocal } = await import('./send-local.ts')
    return sendLocal(events, send, { signal, quiet })
  }
  const deployed = await openTarget(target)
  return { results: await send(deployed), isDryRun: deployed.isDryRun }
}
