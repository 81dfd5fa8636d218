import https from 'node:https'
import { text } from 'node:stream/consumers'
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'

const IN_FLIGHT = Number(process.env.STYTCH_CALLS_IN_FLIGHT)
const PATH = '/v1/b2b/passwords/email/require_reset'
const url = new URL(PATH, process.env.STYTCH_BASE_URL)
const agent = new https.Agent({ keepAlive: true })
const auth = process.env.STYTCH_BASIC_AUTH

function call(member: unknown): Promise<unknown> {
  const body = JSON.stringify(member)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    https
      .request(url, { method: 'POST', agent, auth, headers }, (response) =>
        text(response).then((answer) => resolve(JSON.parse(answer)), reject),
      )
      .on('error', reject)
      .end(body)
  })
}

/** The lower bound: node:https with keep-alive and JSON.parse, with as many calls in flight as the others, and nothing else. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const members = event.Records.flatMap(({ body }) => JSON.parse(body).data.members as unknown[]).values()
  const worker = async () => {
    for (const member of members) await call(member)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  return { batchItemFailures: [] }
}
