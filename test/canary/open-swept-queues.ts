import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { openSqs } from '../infra/local/sqs/open-sqs.ts'
import type { RefusedAction } from './command-rows.ts'
import { FAN_OUT_BODIES } from './fan-out-bodies.ts'
import { MEMBER, PASSWORD, STRANGER } from './planted.ts'

const SAID = `${MEMBER} is not ${STRANGER}, whose password is ${PASSWORD}`

/**
 * A breach queue, and a dead-letter queue with everything that may be on it: letters of ours, what a careless producer calls a
 * reason, and what SQS moved with the producer's own attributes. `refuse` has AWS refuse an action to the command line.
 */
export async function openSweptQueues() {
  let refused: RefusedAction | undefined
  const { sqs, client, queue } = await openSqs(async ({ action, caller }) =>
    caller === 'operator' && action === refused?.action
      ? { status: 400, errorType: refused.errorType, message: SAID }
      : 'pass',
  )
  const [breach, dead, reset] = [await queue(), await queue(), await queue()]
  const letters = FAN_OUT_BODIES.map(([code = 'organization_suspended', body]) =>
    toDeadLetter(body, { code, detail: SAID, stytchRequestId: MEMBER }, Date.now()),
  )
  const forged = toDeadLetter(JSON.stringify(breachEvent()), { code: MEMBER }, Date.now())
  await sendMessages({ sqs: client, sleep, random: Math.random }, dead.url, [...letters, forged])
  const victim = { DataType: 'String', StringValue: MEMBER }
  const moved = { QueueUrl: dead.url, MessageBody: MEMBER, MessageAttributes: { victim } }
  await client.send(new SendMessageCommand(moved))
  return {
    ...{ endpoint: sqs.endpoint, breach, dead, reset },
    refuse: (next: RefusedAction | undefined) => {
      refused = next
    },
  }
}
