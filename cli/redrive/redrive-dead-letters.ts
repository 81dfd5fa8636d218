import { GetQueueAttributesCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs'
import { pack } from '../../lib/queue/pack.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { sentenceOf } from '../terminal.ts'
import { type Advice, type DeadLetter, readDeadLetter } from './dead-letter.ts'
import type { Stage } from './stage.ts'
import { deleteDeadLetters, walkDeadLetters } from './walk-dead-letters.ts'

const WHOLE_SECOND_MS = 1000

/** `awsNow`: AWS's clock as of the last response of `sqs`. */
export type RedriveEnvironment = {
  sqs: SQSClient
  sendMessages: SendMessages
  awsNow: () => number
  sleep: (ms: number) => Promise<unknown>
  signal: AbortSignal
}

/**
 * What to do with the letters of a queue, by AWS's clock `now`. `isTaken`: of those that are chosen, which are acted on, at most `limit`,
 * `atOnce` at a time. `toBodies`: what is sent of a letter. What is taken is removed, unless it is only looked at.
 */
export type Work = {
  isRehearsed: boolean
  does: 'look' | 'send' | 'delete'
  isChosen: (letter: DeadLetter, now: number) => boolean
  isTaken: (letter: DeadLetter) => boolean
  limit: number
  atOnce: number
  onLook?: (letter: DeadLetter) => void
  toBodies: (letter: DeadLetter) => readonly string[]
}

/**
 * Counts the letters that are there now, and sends or deletes them. A letter is removed only once the breach queue has all that it asks
 * for: after a crash in between it is on both, and the ledger covers the people who were reset.
 */
export async function redriveDeadLetters(
  environment: RedriveEnvironment,
  { from, to, functions }: Pick<Stage, 'from' | 'to' | 'functions'>,
  work: Work,
): Promise<Redriven> {
  const { sqs, sendMessages, awsNow, sleep, signal } = environment
  const { isRehearsed } = work
  const [chosen, others] = [createCount(isRehearsed), createCount(isRehearsed)]
  let wanted = 0
  const hidden = await countHidden(sqs, from)
  const startedAt = awsNow()
  // What is redriven from now on comes back, if it does, after the second that AWS's clock names.
  if (work.does === 'send') await sleep(WHOLE_SECOND_MS)
  const read = (message: Message) => readDeadLetter(message, { functions, isRehearsed })
  const isEnough = () => wanted >= work.limit
  const counted = () => ({ at: startedAt, groups: chosen.groups(), others: others.groups(), hidden })
  try {
    const more = await walkDeadLetters(sqs, from, { startedAt, signal, read, handle, isEnough })
    return { ...counted(), more }
  } catch (error) {
    return { ...counted(), more: true, failure: sentenceOf(error) }
  }

  async function handle(page: readonly DeadLetter[]): Promise<ReadonlySet<DeadLetter>> {
    const mine: DeadLetter[] = []
    const some: DeadLetter[] = []
    for (const letter of page) {
      if (isEnough()) break
      if (!work.isChosen(letter, startedAt)) {
        others.add(letter, false)
        continue
      }
      mine.push(letter)
      if (!work.isTaken(letter)) continue
      some.push(letter)
      wanted++
      work.onLook?.(letter)
    }
    const taken = new Set<DeadLetter>()
    try {
      return work.does === 'look' ? taken : await take(some, taken)
    } finally {
      for (const letter of mine) chosen.add(letter, taken.has(letter))
    }
  }

  /** Adds to `taken` what was sent or deleted. Resolves to what was removed. */
  async function take(letters: readonly DeadLetter[], taken: Set<DeadLetter>): Promise<Set<DeadLetter>> {
    const removed = new Set<DeadLetter>()
    for (const batch of pack(letters, { sizeOf: () => 1, maxSize: work.atOnce })) {
      if (signal.aborted) break
      const leaving = work.does === 'send' ? await send(batch) : batch
      if (work.does === 'send') for (const letter of leaving) taken.add(letter)
      for (const letter of await deleteDeadLetters(sqs, from, leaving)) removed.add(letter)
      if (work.does === 'delete') for (const letter of removed) taken.add(letter)
      const left = leaving.filter((letter) => !removed.has(letter)).length
      if (left > 0) throw new Error(`SQS did not delete ${left} of them: they are still there`)
    }
    return removed
  }

  /** Resolves to those letters of which the breach queue has all. */
  async function send(letters: readonly DeadLetter[]): Promise<DeadLetter[]> {
    const messages = letters.flatMap((letter) => work.toBodies(letter).map((body) => ({ body, letter })))
    const { refused } = await sendMessages(to, messages)
    return letters.filter((letter) => !refused.some((message) => message.letter === letter))
  }
}

async function countHidden(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessagesNotVisible'] as const
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] })
  const { Attributes } = await sqs.send(command)
  return Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
}

/**
 * What was done, by AWS's clock since `at`. `others`: what was not chosen. `hidden`: about how many letters another redrive, or one that was
 * killed, holds for a while. `more`: not all were looked at. `failure`: why it stopped, a sentence.
 */
export type Redriven = {
  at: number
  groups: Group[]
  others: Group[]
  hidden: number
  more: boolean
  failure?: string
}

/** Letters of one reason, or rehearsed events of one source: how many there are, and of when, their member rows, and how many were taken. */
export type Group = {
  name: string
  advice: Advice
  letters: number
  rows: number
  taken: number
  oldest: number
  newest: number
}

/** Counts letters by group. */
function createCount(isRehearsed: boolean) {
  const groups = new Map<string, Group>()
  return {
    add({ code, event, isBelieved, advice, rows, sentAt }: DeadLetter, isTaken: boolean): void {
      const name = isRehearsed && isBelieved && event ? event.source : code
      const none = { name, advice, letters: 0, rows: 0, taken: 0, oldest: sentAt, newest: sentAt }
      const group = groups.get(name) ?? none
      group.letters++
      group.rows += rows
      group.taken += Number(isTaken)
      group.oldest = Math.min(group.oldest, sentAt)
      group.newest = Math.max(group.newest, sentAt)
      groups.set(name, group)
    },
    groups: (): Group[] => [...groups.values()].toSorted((a, b) => b.letters - a.letters),
  }
}
