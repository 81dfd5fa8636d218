import * as z from 'zod'
import { MemberSchema } from '../../lib/contract/breach-event.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { maskAddress } from '../mask.ts'
import { describeDuration } from '../times.ts'
import { type DeadLetter, readEvent } from './dead-letter.ts'
import type { Pieces } from './split.ts'
import type { Stage } from './stage.ts'

const MAX_MASKED = 5

/** A letter as it is shown, at the time `at`. `addresses`: all of them if they are revealed, otherwise the first few, masked. */
export type Shown = ReturnType<typeof toShown>

export function toShown(
  letter: DeadLetter,
  given: {
    at: number
    reveal: boolean
    pieces: Pieces | undefined
    queueArns: Stage['queueArns'] | undefined
  },
) {
  const { at, reveal, pieces, queueArns } = given
  const { code, event: { source, id } = {}, rows, movedFrom } = letter
  const { time, data } = readEvent(letter) ?? {}
  const all = [...new Set(data?.members.map(addressOf))]
  const addresses = reveal ? all : all.slice(0, MAX_MASKED).map(maskAddress)
  return {
    ...{ code, source, id, event_sender: letter.eventSender },
    ...{ reason: data?.reason, severity: data?.severity, exposed_at: data?.exposed_at ?? time },
    age_seconds: Math.max(0, Math.round((at - letter.sentAt) / 1000)),
    ...{ rows, addresses, more_addresses: all.length - addresses.length },
    ...{ sender: letter.sender, sent_by_our_function: letter.isBelieved },
    moved_from: movedFrom?.split(':').at(-1),
    from_a_foreign_queue: queueArns && movedFrom ? !queueArns.has(movedFrom) : undefined,
    ...{ detail: letter.detail, stytch_request_id: letter.requestId, message: letter.messageId },
    ...(pieces && { events: pieces.events.length, most: pieces.most }),
  }
}

const RowSchema = z.object({ email_address: MemberSchema.shape.email_address })

/** What is not an address could be anything, and is not shown even if addresses are revealed. */
function addressOf(row: unknown): string {
  return RowSchema.safeParse(row).data?.email_address ?? '(not an address)'
}

/** A letter in lines. */
export function shownLines(shown: Shown, columns: number): string[] {
  const { source, addresses, more_addresses: more, sender, moved_from: queue, exposed_at } = shown
  const about = [shown.reason, shown.severity && `severity ${shown.severity}`, `exposed ${exposed_at}`]
  const facts: [label: string, text: string | undefined][] = [
    ['event', source && `${shown.id} of ${source}`],
    ['sender', shown.event_sender],
    ['about', exposed_at && about.filter(Boolean).join(', ')],
    ['members', addresses.join(', ') + (more > 0 ? ` and ${more} more` : '')],
    ['letter', `sent by ${sender}${shown.sent_by_our_function ? ', one of our functions' : ''}`],
    ['moved', queue && `by SQS from the ${shown.from_a_foreign_queue ? 'foreign ' : ''}queue ${queue}`],
    ['detail', shown.detail],
    ['Stytch', shown.stytch_request_id],
    ['message', shown.message],
    ['split', describeSplit(shown)],
  ]
  return [
    '',
    `${shown.code}, ${describeDuration(shown.age_seconds)} old, ${count(shown.rows, 'row')}`,
    ...facts.flatMap(([label, text]) => (text ? wrap(`  ${label.padEnd(8)}`, text, columns) : [])),
  ]
}

function describeSplit({ events, most }: Shown): string | undefined {
  if (events === undefined) return undefined
  if (events > 0) return `in ${count(events, 'event')} of at most ${count(most ?? 0, 'member')}`
  return most === 0
    ? 'impossible: the limit is not known'
    : 'impossible: not an event, or one person has more rows than fit'
}
