import type { UncheckedBreachEvent } from '../../lib/contract/breach-event.ts'
import { isCanary } from '../../lib/contract/canary.ts'
import { dropUnknownKeys } from '../../lib/contract/unknown-keys.ts'
import { type SendMessages, toMessageBody } from '../../lib/queue/send-messages.ts'
import type { Config } from './config.ts'
import { withoutRun } from './run.ts'

/**
 * In a stage that is a dry run, keeps an accepted event that would be enforced were the stage. Sent from there to the breach queue later, it
 * is a delivery of its own, with the fence of this one; its attribute says who sent this one. `admitted`: the event as its source may send it.
 * Rejects when it can't be kept.
 */
export async function rehearse(
  { config, sendMessages }: { config: Config; sendMessages: SendMessages },
  event: UncheckedBreachEvent & { fence: string },
  admitted: UncheckedBreachEvent,
  sender: string,
): Promise<void> {
  const { mode, rehearsedQueueUrl } = config
  if (mode !== 'dry_run' || rehearsedQueueUrl === undefined) return
  if (admitted.data.mode === 'dry_run' || isCanary(event.source, event.data.members)) return
  const body = toMessageBody(dropUnknownKeys(withoutRun(event)))
  const { refused } = await sendMessages(rehearsedQueueUrl, [
    { body, attributes: { 'event-sender': sender } },
  ])
  if (refused.length > 0) throw new Error('an event is too large to be kept with its fence')
}
