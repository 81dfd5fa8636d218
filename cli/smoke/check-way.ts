import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { canaryEvent } from '../../lib/contract/canary-event.ts'
import { followEvent } from './follow-event.ts'
import { judgeEnd } from './judge-end.ts'
import { judgeSilence } from './judge-silence.ts'
import { readDepths } from './read-depths.ts'
import type { SmokeResult } from './smoke-result.ts'
import type { Way } from './way.ts'

export type CheckDeps = {
  timeoutMs: number
  now: () => number
  sleep: (ms: number) => Promise<unknown>
  /** Told the id of the event when it is about to be sent. */
  onSend: (eventId: string) => void
}

/** Sends a canary event and finds out what becomes of it. Rejects when a request to AWS fails. `uuid` must be new each time. */
export async function checkWay(way: Way, uuid: string, deps: CheckDeps): Promise<SmokeResult> {
  const sentAt = deps.now()
  const event = canaryEvent(uuid, new Date(sentAt).toISOString())
  const before = await readDepths(way)
  // Whoever may not read the logs learns it before anything is sent.
  await way.readLines(event.id, sentAt)
  deps.onSend(event.id)
  const MessageBody = JSON.stringify(event)
  await way.sqs.send(new SendMessageCommand({ QueueUrl: way.queueUrls.breach, MessageBody }))
  const { end, others } = await followEvent(way, { id: event.id, sentAt }, deps)
  if (end) return judgeEnd(end, others)
  return judgeSilence(others, sentAt, { now: await readDepths(way), before })
}
