import { getSecret } from '@aws-lambda-powertools/parameters/secrets'
import middy from '@middy/core'
import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { B2BClient } from 'stytch'

type BreachEvent = {
  source: string
  id: string
  data: { members: { email_address: string; organization_id?: string; member_id?: string }[] }
}

let client: Promise<B2BClient> | undefined

async function openClient(): Promise<B2BClient> {
  const secret = await getSecret(process.env.STYTCH_SECRET ?? '', { maxAge: 300, transform: 'json' })
  return new B2BClient({
    ...(secret as { project_id: string; secret: string }),
    ...(process.env.STYTCH_BASE_URL && { custom_base_url: process.env.STYTCH_BASE_URL }),
  })
}

async function resetRecord(body: string): Promise<void> {
  client ??= openClient()
  const stytch = await client
  const { source, id, data } = JSON.parse(body) as BreachEvent
  for (const member of data.members) {
    const { request_id } = await stytch.passwords.email.requireReset(member)
    console.log(
      JSON.stringify({ event_source: source, event_id: id, outcome: 'reset', stytch_request_id: request_id }),
    )
  }
}

async function resetBatch(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchItemFailure[] = []
  for (const { messageId, body } of event.Records) {
    await resetRecord(body).catch(() => batchItemFailures.push({ itemIdentifier: messageId }))
  }
  return { batchItemFailures }
}

/**
 * A peer, written with plain Middy and the official `stytch` SDK. It resets one member after another and reports failed records.
 * It has no ledger: a record that is delivered again resets all its members again.
 */
export const handler = middy(resetBatch)
