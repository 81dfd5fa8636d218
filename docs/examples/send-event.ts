import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

type Leak = { id: string; detectedAt: Date; capturedAt: Date; emails: string[] }

/** Puts one breach event on the breach queue. Returns the id of the SQS message. */
async function sendEvent(sqs: SQSClient, queueUrl: string, leak: Leak): Promise<string | undefined> {
  const event = {
    specversion: '1.0',
    type: 'breach-reset.credential-compromise.v1',
    source: 'urn:example:stealer-log-feed',
    // The id of your own record: never an e-mail address, nor anything made of one.
    id: leak.id,
    // When you detected it. Not the moment of sending: a re-send must say the same.
    time: leak.detectedAt.toISOString(),
    data: {
      reason: 'infostealer',
      // The latest moment the passwords can have been taken. Too early leaves stolen ones alive.
      exposed_at: leak.capturedAt.toISOString(),
      members: leak.emails.map((email_address) => ({ email_address })),
    },
  }
  const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(event) })
  return (await sqs.send(command)).MessageId
}

const messageId = await sendEvent(new SQSClient({}), process.env.BREACH_QUEUE_URL ?? '', {
  id: 'harvest-41234',
  // Without the Z, JavaScript would take it for local time.
  detectedAt: new Date('2026-11-20T10:00:00Z'),
  capturedAt: new Date('2026-11-18T22:10:00Z'),
  emails: ['ada@customer.example'],
})
console.log(messageId)
