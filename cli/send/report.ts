import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import type { EventResult } from '../../lib/producer/send-events.ts'
import { count } from '../input/input.ts'
import { countLines, deadLetterLines, type EndCounts } from '../start/tally.ts'
import { resumeToken } from './resume.ts'

/**
 * How the events of an input ended: how many were on the queue before, the results of the others, and the token to resume with
 * if any are left.
 */
type Sent = { before: number; results: EventResult[]; resume: string | undefined }

/** Sums up a send. `before`: how many of the events an earlier send put on the queue. The token does not skip what SQS refuses. */
export function toSent(events: readonly BreachEvent[], before: number, results: EventResult[]): Sent {
  const isLeft = results.some(({ status }) => status === 'unsent')
  if (!isLeft) return { before, results, resume: undefined }
  const passed = before + results.findIndex(({ status }) => status !== 'sent')
  return { before, results, resume: passed === 0 ? '' : resumeToken(events.slice(0, passed)) }
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
  return [...Map.groupBy(missed, ({ reason }) => reason)].map(([reason, alike]) => {
    const refused = alike.filter(({ status }) => status === 'refused').map(({ id }) => id)
    return `not sent: ${count(alike.length, 'event')}: ${reason}${refused.length > 0 ? ` (${refused.slice(0, 5).join(', ')})` : ''}`
  })
}

function howToGoOn(resume: string, time: string | undefined): string {
  const flags = [resume && `--resume ${resume}`, time && `--time ${time}`].filter(Boolean).join(' ')
  return `to go on: the same command${flags ? ` with ${flags}` : ' again'}`
}

/** How the rows of a send to a local system ended, in words. */
export function localLines(ends: EndCounts): string[] {
  return [
    '',
    `how they ended: ${ends.rows} rows`,
    ...countLines(ends),
    'dead letters',
    ...deadLetterLines(ends),
  ]
}
