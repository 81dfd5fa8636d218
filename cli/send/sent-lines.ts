import type { EventResult } from '../../lib/producer/event-result.ts'
import type { Sent } from './to-sent.ts'

/**
 * A send in words: what is on the queue, what is not and why, and how to go on. `time`: what --time must say then, when the events have
 * it from elsewhere.
 */
export function sentLines({ before, results, resume }: Sent, time: string | undefined): string[] {
  const sent = results.filter(({ status }) => status === 'sent')
  const members = sent.reduce((sum, result) => sum + result.members, 0)
  const words = [
    `sent ${sent.length} of ${results.length} events with ${members} members`,
    ...(before > 0 ? [`(${before} were sent before)`] : []),
  ]
  return [
    words.join(' '),
    ...reasonLines(results),
    ...(resume === undefined ? [] : [howToGoOn(resume, time)]),
  ]
}

function reasonLines(results: readonly EventResult[]): string[] {
  const missed = results.flatMap((result) => (result.status === 'sent' ? [] : [result.reason]))
  return [...Map.groupBy(missed, (reason) => reason)].map(
    ([reason, alike]) => `not sent: ${alike.length} events: ${reason}`,
  )
}

function howToGoOn(resume: string, time: string | undefined): string {
  const flags = [resume && `--resume ${resume}`, time && `--time ${time}`].filter(Boolean).join(' ')
  return `to go on: the same command${flags ? ` with ${flags}` : ' again'}`
}
