import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { type DeadLetter, readEvent } from './dead-letter.ts'
import type { StageFacts } from './queues.ts'
import {
  type RedriveEnvironment,
  type Redriven,
  redriveDeadLetters,
  type Work,
} from './redrive-dead-letters.ts'
import { paceOf } from './report.ts'
import { splitLetter } from './split-letter.ts'

/** A letter over the limit of events: what is in it, and how many events of at most `most` members it becomes; none if it can't be cut. */
export type Plan = ReturnType<typeof toPlan>

/** Finds the letters that are to be split. Nothing is changed, and the letters stay where others can receive them. */
export async function planSplit(
  environment: RedriveEnvironment,
  stage: StageFacts,
  work: Work,
): Promise<{ plans: Plan[]; looked: Redriven }> {
  const plans: Plan[] = []
  const onLook = (letter: DeadLetter) => void plans.push(toPlan(letter, stage))
  const looked = await redriveDeadLetters(environment, stage.from, { ...work, onLook })
  return { plans, looked }
}

function toPlan(letter: DeadLetter, stage: StageFacts) {
  const { messageId: message, rows: members } = letter
  const { source, id, time, data } = readEvent(letter) ?? {}
  const { reason, severity, exposed_at = time } = data ?? {}
  const sender = letter.isBelieved ? letter.eventSender : letter.sender
  const most = mostOf(letter, stage)
  const events = splitLetter(letter, most)?.length ?? 0
  return { message, source, id, members, events, most, reason, severity, exposed_at, sender }
}

/** The limit that refused it; of a letter that does not say it, the one of the stage. */
function mostOf({ maxMembers }: DeadLetter, { limits }: StageFacts): number {
  return maxMembers ?? limits.perEvent ?? 0
}

/**
 * Sends the letters of the plans in pieces. Only these: what has come since was not approved. A letter is removed once the breach queue has
 * all pieces of it; after a crash in between, the next split sends them again.
 */
export async function sendSplit(
  environment: RedriveEnvironment & { sendMessages: SendMessages },
  stage: StageFacts,
  plans: readonly Plan[],
  work: Work,
): Promise<Redriven> {
  const approved = new Set(plans.flatMap(({ message, events }) => (events > 0 ? [message] : [])))
  return redriveDeadLetters(environment, stage.from, {
    ...{ ...work, does: 'send', limit: approved.size, atOnce: 1 },
    isChosen: ({ messageId }) => approved.has(messageId),
    isTaken: () => true,
    async send(letters) {
      for (const letter of letters) {
        const pieces = splitLetter(letter, mostOf(letter, stage)) ?? []
        const { refused } = await environment.sendMessages(
          stage.to,
          pieces.map((body) => ({ body })),
        )
        if (refused.length > 0) throw new Error('SQS refused a part of a letter, which is still there')
      }
      return letters
    },
  })
}

/** What is to be approved: of each letter what is in it, and what all of them together ask of the stage. */
export function planLines(plans: readonly Plan[], { limits }: StageFacts, columns: number): string[] {
  const events = plans.reduce((sum, plan) => sum + plan.events, 0)
  return [
    ...plans.flatMap((plan) => [...toLines(plan, columns), '']),
    ...wrap(
      '',
      `Together ${count(events, 'event')}: ${paceOf(membersOf(plans), limits)}. Who was reset since the exposure is not reset again.`,
      columns,
    ),
  ]
}

/** How many members are in the letters that can be split. */
export function membersOf(plans: readonly Plan[]): number {
  return plans.reduce((sum, { members, events }) => sum + (events > 0 ? members : 0), 0)
}

function toLines({ source, id, members, events, most, sender, ...about }: Plan, columns: number): string[] {
  const { reason, severity, exposed_at } = about
  const facts = [reason, severity && `severity ${severity}`, exposed_at && `exposed ${exposed_at}`]
  return [
    ...wrap('', source ? `${id} of ${source}` : 'not an event', columns, '  '),
    ...wrap('  ', `${count(members, 'member')} ${describePieces(events, most)}`, columns),
    ...wrap('  ', [...facts, sender && `sent by ${sender}`].filter(Boolean).join(', '), columns),
  ]
}

function describePieces(events: number, most: number): string {
  if (most === 0) return "can't be split: the limit is not known"
  if (events === 0) return `can't be split: one person has more than ${most} rows`
  return `in ${count(events, 'event')} of at most ${most}`
}
