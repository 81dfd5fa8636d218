import type { Writable } from 'node:stream'
import type { EventResult } from '../../lib/producer/send-events.ts'
import { columnsOf, say } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { openProgress } from '../progress/progress-source.ts'
import type { ProgressTarget } from '../progress/progress-target.ts'
import { toDeliveryJson } from '../progress/run-json.ts'
import { eventLines } from '../status/event-lines.ts'
import { listLines } from '../status/list-lines.ts'
import { statusCommand } from '../status/next-lines.ts'
import { exitCodeOf } from '../status/verdict.ts'
import { type Watching, watch } from '../status/watch.ts'
import { sentenceOf } from '../terminal.ts'

/** The command that shows what becomes of what was sent, in parts that belong together; undefined if nothing is on the queue. */
export function toStatusCommand(
  results: readonly EventResult[],
  { typed }: ProgressTarget,
): string[] | undefined {
  const [first, ...others] = results.filter(({ status }) => status === 'sent')
  if (!first) return undefined
  return others.length > 0 ? ['npx --no breach-reset status', typed] : statusCommand(first, typed)
}

/** How long --wait waits for an event that fan-out does not accept: it may be busy, or crash until SQS gives the message up. */
const MAX_SILENT_MS = 5 * 60_000

/** What became of what was sent, as far as it was followed. `error`: why it was not followed to the end. */
type Waited = { exitCode: 0 | 1 | 3 | 4; deliveries: object[]; error?: string }

/**
 * Follows what is on the queue to the end and shows what became of it. The exit code is the one of the worst: some is open, some is
 * dead-lettered or was refused, or neither. Never rejects: what was sent is on the queue, whether it can be followed or not.
 */
export async function waitForEnds(
  results: readonly EventResult[],
  target: ProgressTarget,
  { stdout, ...deps }: Omit<Watching, 'patienceMs'> & { stdout: Writable },
): Promise<Waited> {
  const wanted = results.flatMap((result) =>
    result.status === 'sent' ? [{ id: result.id, eventSource: result.source, run: result.messageId }] : [],
  )
  try {
    const source = await openProgress(target)
    const looked = await watch(source, wanted, { ...deps, patienceMs: MAX_SILENT_MS })
    const found = looked.filter((delivery) => delivery !== undefined)
    const lines = toLines(found, wanted.length, target.typed, columnsOf(stdout))
    if (!deps.quiet) say(stdout, `\n${lines.join('\n')}`)
    const codes = looked.map((delivery) => (delivery ? exitCodeOf(delivery) : 4))
    return { exitCode: Math.max(0, ...codes) as 0 | 3 | 4, deliveries: found.map(toDeliveryJson) }
  } catch (error) {
    const sentence = deps.signal.aborted
      ? 'not followed any more: what was sent goes on, and status shows it, as above'
      : sentenceOf(error)
    say(deps.stderr, sentence)
    return { exitCode: 1, deliveries: [], error: sentence }
  }
}

function toLines(deliveries: readonly Delivery[], sent: number, target: string, columns: number): string[] {
  const missing = sent - deliveries.length
  const [first] = deliveries
  return [
    ...(first && sent === 1 ? eventLines(first, [], { columns, now: Date.now(), target }) : []),
    ...(first && sent > 1 ? listLines(deliveries, columns) : []),
    ...(missing > 0
      ? [
          `STILL OPEN: ${missing} of ${sent} sent were not accepted yet: fan-out may be busy, or crash on them.`,
        ]
      : []),
  ]
}
