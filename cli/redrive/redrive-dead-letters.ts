import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { pack } from '../../lib/queue/pack.ts'
import { sentenceOf } from '../terminal.ts'
import { type Advice, type DeadLetter, type Reading, readDeadLetter } from './dead-letter.ts'
import { deleteDeadLetters, walkDeadLetters } from './walk-dead-letters.ts'

const WHOLE_SECOND_MS = 1000

/** `awsNow`: AWS's clock as of the last response of `sqs`. */
export type RedriveEnvironment = {
  sqs: SQSClient
  awsNow: () => number
  sleep: (ms: number) => Promise<unknown>
  signal: AbortSignal
}

/**
 * What to do with the letters of a queue, by AWS's clock `now`. `isTaken`: of those that are chosen, which are acted on, at most `limit`,
 * `atOnce` at a time. `send` puts all that letters ask for on the breach queue, and resolves to those for which it has done so. What is taken is removed, unless
 * it is only looked at.
 */
export type Work = {
  reading: Reading
  does: 'look' | 'send' | 'delete'
  isChosen: (letter: DeadLetter, now: number) => boolean
  isTaken: (letter: DeadLetter) => boolean
  limit: number
  atOnce: number
  onLook?: (letter: DeadLetter) => void
  send: (letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>
}

/**
 * Counts the letters that are there now, and sends or deletes them. A letter is removed only once the breach queue has all that it asks
 * for: after a crash in between it is on both, and the ledger covers the people who were reset.
 */
export async function redriveDeadLetters(
  environment: RedriveEnvironment,
  queueUrl: string,
  work: Work,
): Promise<Redriven> {
  const { sqs, awsNow, sleep, signal } = environment
  const [chosen, others] = [createCount(work.reading), createCount(work.reading)]
  let wanted = 0
  const hidden = await countHidden(sqs, queueUrl)
  const startedAt = awsNow()
  // What is redriven from now on comes back, if it does, after the second that AWS's clock names.
  if (work.does === 'send') await sleep(WHOLE_SECOND_MS)
  const read = (message: Parameters<typeof readDeadLetter>[0]) => readDeadLetter(message, work.reading)
  const isEnough = () => wanted >= work.limit
  const counted = () => ({ at: startedAt, groups: chosen.groups(), others: others.groups(), hidden })
  try {
    const more = await walkDeadLetters(sqs, queueUrl, { startedAt, signal, read, handle, isEnough })
    return { ...counted(), more }
  } catch (error) {
    return { ...counted(), more: true, failure: sentenceOf(error) }
  }

  async function handle(page: readonly DeadLetter[]): Promise<ReadonlySet<DeadLetter>> {
    const { mine = [], not = [] } = Object.groupBy(page, (letter) =>
      work.isChosen(letter, startedAt) ? 'mine' : 'not',
    )
    others.add(not, new Set())
    const some = mine.filter(work.isTaken).slice(0, work.limit - wanted)
    wanted += some.length
    if (work.does === 'look') for (const letter of some) work.onLook?.(letter)
    const taken = new Set<DeadLetter>()
    try {
      return work.does === 'look' ? taken : await take(some, taken)
    } finally {
      chosen.add(mine, taken)
    }
  }

  /** Adds to `taken` what was sent or deleted. Resolves to what was removed. */
  async function take(letters: readonly DeadLetter[], taken: Set<DeadLetter>): Promise<Set<DeadLetter>> {
    const removed = new Set<DeadLetter>()
    for (const batch of pack(letters, { sizeOf: () => 1, maxSize: work.atOnce })) {
      if (signal.aborted) break
      const leaving = work.does === 'send' ? await work.send(batch) : batch
      if (work.does === 'send') for (const letter of leaving) taken.add(letter)
      for (const letter of await deleteDeadLetters(sqs, queueUrl, leaving)) removed.add(letter)
      if (work.does === 'delete') for (const letter of removed) taken.add(letter)
      const left = leaving.filter((letter) => !removed.has(letter)).length
      if (left > 0) throw new Error(`SQS did not delete ${left} of them: they are still there`)
    }
    return removed
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

/** Counts letters by group, page by page. */
function createCount({ isRehearsed }: Reading) {
  const groups = new Map<string, Group>()
  const nameOf = ({ code, event, isBelieved }: DeadLetter) =>
    isRehearsed && isBelieved && event ? event.source : code
  return {
    add(page: readonly DeadLetter[], taken: ReadonlySet<DeadLetter>): void {
      for (const letter of page) {
        const { advice, rows, sentAt } = letter
        const name = nameOf(letter)
        const before = groups.get(name)
        groups.set(name, {
          ...{ name, advice },
          letters: (before?.letters ?? 0) + 1,
          rows: (before?.rows ?? 0) + rows,
          taken: (before?.taken ?? 0) + Number(taken.has(letter)),
          oldest: Math.min(before?.oldest ?? sentAt, sentAt),
          newest: Math.max(before?.newest ?? sentAt, sentAt),
        })
      }
    },
    groups: (): Group[] => [...groups.values()].toSorted((a, b) => b.letters - a.letters),
  }
}
