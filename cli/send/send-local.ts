import type { SQSClient } from '@aws-sdk/client-sqs'
import { startLocalSystem } from '../../infra/local/local-system.ts'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { withResolvers } from '../../lib/flow/node-20.ts'
import type { EventResult } from '../../lib/producer/send-events.ts'
import { countEndsWithSessions } from '../start/counts.ts'
import { deliver, deliverOnce } from '../start/deliveries.ts'
import { ratesOf, toLocalStage } from '../start/local-stage.ts'
import { createLogWatch } from '../start/log-watch.ts'
import { toOnDelivery } from '../start/progress.ts'
import { populateMembers } from '../start/scenario.ts'
import { countEndedSessions } from '../start/sessions.ts'
import type { RowEnd } from '../start/tally.ts'
import type { LocalEnds } from './report.ts'

/** A breach queue, and a client that reaches it. */
export type Queue = { sqs: SQSClient; queueUrl: string }

type LocalSend = { results: EventResult[]; ends: LocalEnds }

/**
 * Boots the system on this machine with a simulated Stytch that has everyone in the events as a member, sends, and waits until the
 * queues are empty. Resolves to how each row ended, and the sessions. Nothing is left afterwards, even if `signal` is aborted.
 */
export async function sendLocal(
  events: readonly BreachEvent[],
  send: (queue: Queue) => Promise<EventResult[]>,
  { signal, quiet }: { signal: AbortSignal; quiet: boolean },
): Promise<LocalSend> {
  const rows = events.flatMap(({ data }) => data.members)
  const stage = toLocalStage(rows.length)
  const logs = createLogWatch(events)
  const budget = stage.stytchRequestsPerSecond
  const system = await startLocalSystem({
    ...{ stageName: 'local', stage, onLog: logs.onLog },
    stytch: ratesOf(stage),
  })
  const { promise: interrupted, reject } = withResolvers<never>()
  interrupted.catch(() => {})
  signal.addEventListener('abort', () => reject(signal.reason))
  try {
    signal.throwIfAborted()
    await populateMembers(system.stytch, rows, Date.now() - 1)
    const onDelivery = toOnDelivery(system, logs, { budget, quiet })
    const run = { system, scenario: { events, rows: rows.length }, logs, onDelivery }
    let results: EventResult[] = []
    const work = async (look: () => void) => {
      results = await send({ sqs: system.sqs, queueUrl: system.queues.breach.url })
      await deliver(system, [], look)
    }
    const ends = await Promise.race([deliverOnce(run, 'reset', work), interrupted])
    const { counts, passedOn } = countEndsWithSessions(oncePerPerson(ends))
    const sessions = system.queues.sessions && { ...countEndedSessions(system.stytch), passedOn }
    return { results, ends: { rows: counts, sessions } }
  } finally {
    await system.stop()
  }
}

/** The ends of rows, with one reset for each person: of several events that name somebody, one resets. */
function* oncePerPerson(ends: Iterable<RowEnd>): Generator<RowEnd> {
  const reset = new Set<string | undefined>()
  for (const end of ends) {
    if (end.kind === 'reset' && reset.has(end.email)) {
      yield { ...end, kind: 'skipped', code: 'reset_by_another' }
      continue
    }
    if (end.kind === 'reset') reset.add(end.email)
    yield end
  }
}
