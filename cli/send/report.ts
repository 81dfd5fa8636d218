import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import type { EventResult } from '../../lib/producer/send-events.ts'
import { count } from '../input/input.ts'
import { countLines, countOf, deadLetterLines, type EndCounts, toCounts } from '../start/counts.ts'
import { type EndedSessions, sessionLines, toSessionFields } from '../start/sessions.ts'
import { resumeToken } from './resume.ts'

/**
 * How the events of an input ended: how many were on the queue before, the results of the others, and the token to resume with
 * if any are left.
 */
type Sent = { before: number; results: EventResult[]; resume: string | undefined }

/**
 * Sums up a send. `before`: which of the events an earlier send put on the queue; the results are those of the others, in order. There
 * is a token when some may be taken another time; it does not pass over what SQS refuses.
 */
export function toSent(
  events: readonly BreachEvent[],
  before: ReadonlySet<number>,
  results: EventResult[],
): Sent {
  const sent: Sent = { before: before.size, results, resume: undefined }
  if (!results.some(({ status }) => status === 'unsent' || status === 'unknown')) return sent
  const others = [...events.keys()].filter((index) => !before.has(index))
  const onQueue = new Set([...before, ...others.filter((_, at) => results[at]?.status === 'sent')])
  return { ...sent, resume: onQueue.size === 0 ? '' : resumeToken(events, onQueue) }
}

/**
 * A send in words: what is on the queue, what is not and why, and how to resume. `time`: what --time must say then, if the events
 * did not name a time themselves.
 */
export function sentLines({ before, results, resume }: Sent, time: string | undefined): string[] {
  const sent = results.filter(({ status }) => status === 'sent')
  const members = sent.reduce((sum, result) => sum + result.members, 0)
  const words = [
    `sent ${sent.length} of ${count(results.length, 'event')} with ${count(members, 'member')}`,
    ...(before > 0 ? [`(${before} were sent before)`] : []),
  ]
  return [
    words.join(' '),
    ...reasonLines(results),
    ...(resume === undefined ? [] : [howToGoOn(resume, time)]),
  ]
}

/** Events by the reason why they are not on the queue, with the ids of those that SQS refuses: they must be fixed. */
function reasonLines(results: readonly EventResult[]): string[] {
  const missed = results.flatMap((result) => (result.status === 'sent' ? [] : [result]))
  return [...groupBy(missed, ({ status, reason }) => `${status} ${reason}`).values()].map((alike) => {
    const [{ status, reason } = { status: '', reason: '' }] = alike
    const events = count(alike.length, 'event')
    const ids = alike.slice(0, 5).map(({ id }) => id)
    if (status === 'refused') return `not sent: ${events}: ${reason} (${ids.join(', ')})`
    if (status === 'unsent') return `not sent: ${events}: ${reason}`
    return `not known: ${events}: ${reason}: may be on the queue, and sending again harms nobody`
  })
}

function howToGoOn(resume: string, time: string | undefined): string {
  const flags = [resume && `--resume ${resume}`, time && `--time ${time}`].filter(Boolean).join(' ')
  return `to go on: the same command${flags ? ` with ${flags}` : ' again'}`
}

/**
 * How the rows of a send to a local system ended. `sessions`: those that ended, and how end-sessions ended with whom; undefined in a
 * stage without it.
 */
export type LocalEnds = { rows: EndCounts; sessions: (EndedSessions & { passedOn: EndCounts }) | undefined }

/** How a send to a local system ended, in words. */
export function localLines({ rows, sessions }: LocalEnds): string[] {
  return [
    '',
    `how they ended: ${count(rows.rows, 'row')}`,
    ...countLines(rows),
    ...(sessions ? sessionLines('their sessions', sessions, sessions.passedOn) : []),
    'dead letters',
    ...deadLetterLines(...countsOf({ rows, sessions })),
  ]
}

/** How a send to a local system ended, as one object. */
export function toLocalFields({ rows, sessions }: LocalEnds) {
  return { ...toCounts(rows), ...(sessions && toSessionFields(sessions, sessions.passedOn)) }
}

/** Whether no trace was found of a row, or of somebody who was passed on to end-sessions. */
export function isAnyMissing(ends: LocalEnds): boolean {
  return countsOf(ends).some((counts) => countOf(counts, 'missing') > 0)
}

function countsOf({ rows, sessions }: LocalEnds): EndCounts[] {
  return sessions ? [rows, sessions.passedOn] : [rows]
}
