import { inspect } from 'node:util'
import type { SQSRecord } from 'aws-lambda'
import { fanOutBatch } from '../../functions/fan-out/fan-out-batch.ts'
import type { SendMessages } from '../../lib/queue/send-messages.ts'
import { createRealChain } from './create-real-chain.ts'
import type { Sinks } from './create-sinks.ts'
import { feedMessages } from './feed-messages.ts'
import { MEMBER } from './planted.ts'
import { SWEPT_SOURCES } from './swept-sources.ts'

const config = {
  ...{ stage: 'test', resetQueueUrl: 'reset', deadLetterQueueUrl: 'dead-letter' },
  ...{ maxMembersPerEvent: 30, membersPerMessage: 25, messagesAtOnce: 1 },
  ...{ sources: SWEPT_SOURCES, quotaTable: '' },
}

/**
 * Takes bodies through the real fan-out, in one batch, and feeds what comes out. The records say the e-mail outside of the
 * body too. `refuses` is the queue that SQS takes nothing for; `send` replaces all of SQS.
 */
export async function sweepFanOut(
  sinks: Sinks,
  bodies: readonly string[],
  { refuses, send }: { refuses?: string; send?: SendMessages } = {},
): Promise<void> {
  const { observe, invoke } = createRealChain('fan-out')
  const sendMessages: SendMessages = async (url, messages) => {
    if (url === refuses) return { refused: [...messages] }
    feedMessages(sinks, url === 'reset' ? 'reset' : 'dead-letter', messages)
    return { refused: [] }
  }
  const environment = {
    ...{ config, observe, sendMessages: send ?? sendMessages },
    consumeQuota: async () => false,
    now: () => Date.parse('2026-11-20T12:00:00Z'),
  }
  const Records = bodies.map((body, index) => ({
    ...{ messageId: `m${index}`, body, eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:breach' },
    attributes: { SentTimestamp: String(Date.parse('2026-11-20T11:00:00Z')), SenderId: MEMBER },
    messageAttributes: { victim: { stringValue: MEMBER, dataType: 'String' } },
  })) as unknown as SQSRecord[]
  await invoke(() => fanOutBatch(environment, { Records })).then(
    (response) => sinks.add('response of a function', response),
    (error) => sinks.add('error that leaves a function', inspect(error, { depth: 9, showHidden: true })),
  )
}
