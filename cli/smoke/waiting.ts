import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { SmokeTarget } from './target.ts'

/** Where an event waits that no log line mentions, by how many messages the queues hold now and held before it was sent. */
export function explainWaiting(
  now: Depths | undefined,
  before: Depths | undefined,
): { code: string; sentence: string } {
  if (!now || !before) return UNREADABLE
  return PLACES.find(({ holds }) => holds(now, before)) ?? NOWHERE
}

/** Where an event can be that no log line mentions, in the order of its path. The first that holds is the answer. */
const PLACES: readonly { code: string; holds: (now: Depths, before: Depths) => boolean; sentence: string }[] =
  [
    {
      code: 'waits_on_breach_queue',
      holds: ({ breach }) => breach.visible > 0,
      sentence:
        'a message waits on the breach queue and fan-out does not take it: enable its event source mapping (docs/runbook.md#pause-and-resume), or see what throttles it (docs/runbook.md#breachqueuestuck)',
    },
    {
      code: 'stuck_in_fan_out',
      holds: ({ breach }) => breach.inFlight > 0,
      sentence:
        'fan-out has taken a message from the breach queue and not finished it: try a longer --timeout; if it stays so, its log says why (docs/runbook.md#functionerrors)',
    },
    {
      code: 'waits_on_reset_queue',
      holds: ({ reset }) => reset.visible > 0,
      sentence:
        'a message waits on the reset queue and require-reset does not take it: resume it if it is paused (docs/runbook.md#pause-and-resume), otherwise wait for the queue to drain (docs/runbook.md#resetqueuestuck)',
    },
    {
      code: 'stuck_in_require_reset',
      holds: ({ reset }) => reset.inFlight > 0,
      sentence:
        'require-reset has taken a message from the reset queue and not finished it: try a longer --timeout; if it stays so, its log says why (docs/runbook.md#functionerrors)',
    },
    {
      code: 'moved_to_dead_letter_queue',
      holds: ({ deadLetter }, before) => deadLetter.visible > before.deadLetter.visible,
      sentence:
        'the dead-letter queue has a message more than before: see its reason, then delete it (docs/runbook.md#redrive)',
    },
  ]

const NOWHERE = {
  code: 'no_line',
  sentence: 'no queue holds it and no log line mentions it: logs may be late, try a longer --timeout',
}
const UNREADABLE = {
  code: 'no_line',
  sentence:
    'no log line mentions it, and without sqs:GetQueueAttributes on the three queues this command cannot find out where it waits: get that permission, or look at the queues in the console',
}

/** Messages on a queue: waiting, received and not yet acknowledged, delayed. SQS's figures are approximate. */
type Depth = { visible: number; inFlight: number; delayed: number }
export type Depths = Record<keyof SmokeTarget['queueUrls'], Depth>

/** Reads how many messages are on the three queues; undefined when that is not allowed: a smoke check works without them. */
export async function readDepths({
  sqs,
  queueUrls,
}: Pick<SmokeTarget, 'sqs' | 'queueUrls'>): Promise<Depths | undefined> {
  async function read(QueueUrl: string): Promise<Depth> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })
    const { Attributes = {} } = await sqs.send(command)
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    }
  }
  try {
    const { breach, reset, deadLetter } = queueUrls
    const [b, r, d] = await Promise.all([read(breach), read(reset), read(deadLetter)])
    return { breach: b, reset: r, deadLetter: d }
  } catch {
    return undefined
  }
}
