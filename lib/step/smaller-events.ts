import type { StepEvent } from '../contract/breach-event.ts'
import { MAX_DELAY_SECONDS, retryDelay } from '../flow/retry-delay.ts'
import { pack } from '../queue/pack.ts'
import {
  eventGroup,
  MAX_MESSAGE_BYTES,
  type OutgoingMessage,
  type SendMessages,
  toMessageBody,
} from '../queue/send-messages.ts'
import type { Stop } from './stop-calling.ts'

/** The rows of one person, which are never parted. */
type Rows = readonly object[]

/** Whether an event has been tried for as long as the stage tries. `now` in ms since the epoch. */
export function isHorizonOver(
  { firsttriedat }: Pick<StepEvent, 'firsttriedat'>,
  { config, now }: { config: { retryHorizonMs: number }; now: () => number },
): boolean {
  return firsttriedat !== undefined && now() - Date.parse(firsttriedat) >= config.retryHorizonMs
}

/**
 * Sends deferred people back to their queue, as smaller events. Those who only ran out of time go at once. The others go
 * after a delay that grows with the attempts, or after a longer one that Stytch asked for.
 */
export async function sendDeferred(
  { sendMessages, now, random }: { sendMessages: SendMessages; now: () => number; random: () => number },
  queueUrl: string,
  event: StepEvent,
  deferred: readonly { stop: Stop; rows: Rows }[],
): Promise<void> {
  if (deferred.length === 0) return
  const growing = retryDelay(event.attempts, random)
  const firsttriedat = event.firsttriedat ?? new Date(now()).toISOString()
  const { atOnce = [], later = [] } = Object.groupBy(deferred, ({ stop }) =>
    stop.delay === 'none' ? 'atOnce' : 'later',
  )
  const delaySeconds = Math.max(...later.map(({ stop }) => delayOf(stop, growing)))
  const rowsOf = (people: typeof atOnce) => people.map(({ rows }) => rows)
  const { attempts } = event
  await sendEvents(sendMessages, queueUrl, [
    ...smallerEvents({ ...event, firsttriedat }, rowsOf(atOnce)),
    ...smallerEvents({ ...event, firsttriedat, attempts: attempts + 1 }, rowsOf(later), delaySeconds),
  ])
}

/** Sends people to the queue of the next step, as smaller events that nobody has tried yet, and that don't expire: they have been reset. */
export async function passOn(
  { sendMessages }: { sendMessages: SendMessages },
  queueUrl: string,
  { firsttriedat: _firsttriedat, expirytime: _expirytime, ...event }: StepEvent,
  people: readonly Rows[],
): Promise<void> {
  if (people.length === 0) return
  await sendEvents(sendMessages, queueUrl, smallerEvents({ ...event, attempts: 0 }, people))
}

async function sendEvents(
  sendMessages: SendMessages,
  queueUrl: string,
  messages: Iterable<OutgoingMessage>,
): Promise<void> {
  const { refused } = await sendMessages(queueUrl, messages)
  if (refused.length > 0) throw new Error('SQS refused to take a smaller event')
}

/** The event with only these people, as few messages as SQS takes. */
function* smallerEvents(
  event: StepEvent,
  people: readonly Rows[],
  delaySeconds = 0,
): Generator<OutgoingMessage> {
  const bodyOf = (members: Rows) => toMessageBody({ ...event, data: { ...event.data, members } })
  const maxSize = MAX_MESSAGE_BYTES - Buffer.byteLength(bodyOf([]))
  const sizeOf = (rows: Rows) => Buffer.byteLength(toMessageBody(rows))
  for (const part of pack(people, { sizeOf, maxSize }))
    yield { body: bodyOf(part.flat()), delaySeconds, groupId: eventGroup(event) }
}

/** In seconds. `growing`: the delay that grows with the attempts. */
function delayOf(stop: Stop, growing: number): number {
  if (stop.delay === 'longest') return MAX_DELAY_SECONDS
  if (stop.retryAfterMs === undefined) return growing
  return Math.min(MAX_DELAY_SECONDS, Math.max(growing, Math.ceil(stop.retryAfterMs / 1000)))
}
