import type { ResetEvent } from '../../lib/contract/reset-event.ts'
import type { Observe } from '../../lib/observability/observe.ts'
import type { SendDeadLetters } from '../../lib/queue/create-send-dead-letters.ts'
import type { OutgoingMessage } from '../../lib/queue/outgoing-message.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import type { Config } from './config.ts'
import type { Outcome, Result } from './outcome.ts'
import { reportResults } from './report-results.ts'
import { type FailedMember, toMemberDeadLetter } from './to-member-dead-letter.ts'
import { type LeftOver, toRemainders } from './to-remainders.ts'

/**
 * Returns the last step before the acknowledgement. The ledger rows are durable by now; then come the dead letters,
 * then whoever is left over is sent on as a smaller event. Rejects when one of these could not be sent.
 */
export function createSettleRecord(deps: {
  config: Pick<Config, 'resetQueueUrl' | 'retryHorizonMs'>
  sendDeadLetters: SendDeadLetters
  sendMessages: SendMessages
  observe: Observe
  now: () => number
  random: () => number
}) {
  const { config, sendDeadLetters, sendMessages, observe, now, random } = deps

  return async function settleRecord(event: ResetEvent, outcomes: readonly Result[]): Promise<void> {
    const givenUp =
      event.firsttriedat !== undefined && now() - Date.parse(event.firsttriedat) >= config.retryHorizonMs
    const results = givenUp ? outcomes.map(giveUp) : outcomes
    const failed = results.filter((result): result is FailedMember => result.outcome.kind === 'failed')
    const leftOver = results.filter((result): result is LeftOver => result.outcome.kind === 'left_over')
    await sendDeadLetters(failed.map((member) => toMemberDeadLetter(event, member, now())))
    await sendOn(toRemainders(event, leftOver, { now: now(), random }))
    reportResults(observe, event, results, now())
  }

  async function sendOn(remainders: readonly OutgoingMessage[]): Promise<void> {
    if (remainders.length === 0) return
    const { refused } = await sendMessages(config.resetQueueUrl, remainders)
    if (refused.length > 0) throw new Error('SQS refused to take a smaller event')
  }
}

/** Retried for longer than the horizon: dead-lettered with the last reason. In a pause of all calls nobody is: it was no try. */
function giveUp({ person, outcome }: Result): Result {
  const isTried = outcome.kind === 'left_over' && !outcome.stop.untried
  return { person, outcome: isTried ? failedFor(outcome) : outcome }
}

function failedFor({ stop, owed, uncertain, requestId }: Extract<Outcome, { kind: 'left_over' }>): Outcome {
  const detail = owed
    ? `was reset at ${owed.reset_at}, but the ledger could not be written for the whole retry horizon: do not redrive`
    : 'still failing when the retry horizon ended'
  return { kind: 'failed', code: stop.code, detail, uncertain: owed ? false : uncertain, requestId }
}
