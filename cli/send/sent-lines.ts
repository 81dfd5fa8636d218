import type { EventResult } from '../../lib/producer/event-result.ts'
import { count } from '../input/count.ts'
import type { Sent } from './to-sent.ts'

/**
 * A send in words: what is on the queue, what is not and why, and how to go on. `time`: what --time must say then, when the events have
 * it from elsewhere.
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

/** Events by the reason why they are not on the queue; those that SQS refuses by their ids, for only a mend helps them. */
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
