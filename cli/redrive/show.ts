import * as z from 'zod'
import { MemberSchema } from '../../lib/contract/breach-event.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { maskAddress } from '../mask.ts'
import { describeDuration } from '../times.ts'
import { type DeadLetter, readEvent } from './dead-letter.ts'
import type { StageFacts } from './queues.ts'

const MAX_MASKED = 5

/** A letter as it is shown. `addresses`: all of them if they are revealed, otherwise the first few, masked. */
export type Shown = ReturnType<typeof toShown>

export function toShown(letter: DeadLetter, at: number, isRevealed: boolean, { queueArns }: StageFacts) {
  const { code, event, rows, sender, isBelieved, movedFrom, detail, requestId, messageId, eventSender } =
    letter
  const all = [...new Set(readEvent(letter)?.data.members.map(addressOf))]
  const addresses = isRevealed ? all : all.slice(0, MAX_MASKED).map(maskAddress)
  return {
    code,
    ...{ source: event?.source, id: event?.id, event_sender: eventSender },
    age_seconds: Math.max(0, Math.round((at - letter.sentAt) / 1000)),
    rows,
    ...{ addresses, more_addresses: all.length - addresses.length },
    ...{ sender, sent_by_our_function: isBelieved },
    moved_from: movedFrom?.split(':').at(-1),
    from_a_foreign_queue: queueArns && movedFrom ? !queueArns.has(movedFrom) : undefined,
    ...{ detail, stytch_request_id: requestId, message: messageId },
  }
}

const RowSchema = z.object({ email_address: MemberSchema.shape.email_address })

/** What is not an address could be anything, and is not shown even if addresses are revealed. */
function addressOf(row: unknown): string {
  return RowSchema.safeParse(row).data?.email_address ?? '(not an address)'
}

/** A letter in lines. */
export function shownLines(shown: Shown, columns: number): string[] {
  const { code, source, id, rows, addresses, more_addresses, sender, moved_from: queue, detail } = shown
  const by = shown.event_sender
  const age = describeDuration(shown.age_seconds)
  const more = more_addresses > 0 ? [`and ${more_addresses} more`] : []
  const facts: [label: string, text: string | undefined][] = [
    ['event', source && `${id} of ${source}${by ? `, sent by ${by}` : ''}`],
    ['members', addresses.length > 0 ? [addresses.join(', '), ...more].join(' ') : undefined],
    ['sent by', shown.sent_by_our_function ? `${sender}, one of our functions` : sender],
    ['moved', queue && `by SQS from the ${shown.from_a_foreign_queue ? 'foreign ' : ''}queue ${queue}`],
    ['detail', detail],
    ['Stytch', shown.stytch_request_id],
    ['message', shown.message],
  ]
  return [
    '',
    `${code}, ${age} old, ${count(rows, 'row')}`,
    ...facts.flatMap(([label, text]) => (text ? wrap(`  ${label.padEnd(8)}`, text, columns) : [])),
  ]
}
