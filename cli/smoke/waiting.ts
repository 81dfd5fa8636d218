import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { SmokeTarget } from './target.ts'

/**
 * Where an event waits whose end no log line reports, by how many messages the queues hold now and held before it was sent.
 * `isPassedOn`: it is behind require-reset.
 */
export function explainWaiting(
  now: Depths | undefined,
  before: Depths | undefined,
  { isPassedOn }: { isPassedOn: boolean },
): { code: string; sentence: string } {
  if (!now || !before) return UNREADABLE
  const places = isPassedOn ? PLACES.filter(({ isBehindReset }) => isBehindReset) : PLACES
  return places.find(({ holds }) => holds(now, before)) ?? NOWHERE
}

type Place = {
  code: string
  holds: (now: Depths, before: Depths) => boolean
  isBehindReset?: true
  sentence: string
}

/** Where an event can be, in the order of its path. The first that holds is the answer. */
const PLACES: readonly Place[] = [
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
    code: 'waits_on_sessions_queue',
    holds: ({ sessions }) => sessions.visible + sessions.delayed > 0,
    isBehindReset: true,
    sentence:
      'a message waits on the sessions queue and end-sessions does not take it: resume it if it is paused (docs/runbook.md#pause-and-resume), otherwise wait for the queue to drain (docs/runbook.md#sessionsqueuestuck)',
  },
  {
    code: 'stuck_in_end_sessions',
    holds: ({ sessions }) => sessions.inFlight > 0,
    isBehindReset: true,
    sentence:
      'Lambda or end-sessions has taken a message from the sessions queue and not finished it: try a longer --timeout; if it stays so, the log of end-sessions says why (docs/runbook.md#functionerrors)',
  },
  {
    code: 'moved_to_dead_letter_queue',
    isBehindReset: true,
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
    'no log line mentions it, and without sqs:GetQueueAttributes on the queues this command cannot find out where it waits: get that permission, or look at the queues in the console',
}

/** Messages on a queue: waiting, received and not yet acknowledged, delayed. SQS's figures are approximate. */
type Depth = { visible: number; inFlight: number; delayed: number }
export type Depths = Record<keyof SmokeTarget['queueUrls'], Depth>

const NONE: Depth = { visible: 0, inFlight: 0, delayed: 0 }

/** Reads how many messages are on the queues; undefined when that is not allowed: a smoke check works without them. */
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
    const { breach, reset, sessions, deadLetter } = queueUrls
    const [b, r, s, d] = await Promise.all([
      read(breach),
      read(reset),
      sessions === undefined ? NONE : read(sessions),
      read(deadLetter),
    ])
    return { breach: b, reset: r, sessions: s, deadLetter: d }
  } catch {
    return undefined
  }
}
