import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import { parser } from '@aws-lambda-powertools/batch/parser'
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { Logger } from '@aws-lambda-powertools/logger'
import { getSecret } from '@aws-lambda-powertools/parameters/secrets'
import { JSONStringified } from '@aws-lambda-powertools/parser/helpers'
import { SqsRecordSchema } from '@aws-lambda-powertools/parser/schemas/sqs'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { B2BClient } from 'stytch'
import { z } from 'zod'

const memberSchema = z.object({
  email_address: z.string(),
  organization_id: z.string().exactOptional(),
  member_id: z.string().exactOptional(),
})
const eventSchema = z.object({
  source: z.string(),
  id: z.string(),
  data: z.object({ members: z.array(memberSchema).min(1) }),
})
const recordSchema = SqsRecordSchema.extend({ body: JSONStringified(eventSchema) })
const credentialsSchema = z.object({ project_id: z.string(), secret: z.string() })

const logger = new Logger({ serviceName: 'peer-a' })
const processor = new BatchProcessor(EventType.SQS, { parser, schema: recordSchema, logger })
const config = new IdempotencyConfig({ expiresAfterSeconds: 14 * 24 * 3600 })
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE ?? '' })
let client: Promise<B2BClient> | undefined

async function openClient(): Promise<B2BClient> {
  const secret = await getSecret(process.env.STYTCH_SECRET ?? '', { maxAge: 300, transform: 'json' })
  return new B2BClient({
    ...credentialsSchema.parse(secret),
    ...(process.env.STYTCH_BASE_URL && { custom_base_url: process.env.STYTCH_BASE_URL }),
  })
}

/** The key is per member: with a key per record, all its members would be reset again whenever one of them fails. */
const resetMember = makeIdempotent(
  async (member: z.infer<typeof memberSchema>, _key: { event: string; email: string }) => {
    client ??= openClient()
    const { request_id } = await (await client).passwords.email.requireReset(member)
    return { request_id }
  },
  { persistenceStore, config, dataIndexArgument: 1 },
)

async function resetRecord({ body }: z.infer<typeof recordSchema>): Promise<void> {
  const event = `${body.source} ${body.id}`
  await Promise.all(
    body.data.members.map(async (member) => {
      const { request_id } = await resetMember(member, { event, email: member.email_address })
      logger.info('member outcome', {
        event_source: body.source,
        event_id: body.id,
        outcome: 'reset',
        organization_id: member.organization_id,
        stytch_request_id: request_id,
      })
    }),
  )
}

/**
 * A peer, written as the docs of Powertools for AWS Lambda (TypeScript) recommend, with the official `stytch` SDK.
 * It uses Powertools' batch processor, parser and idempotency; the records of a batch run in parallel, and so do the members of a record.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  config.registerLambdaContext(context)
  logger.addContext(context)
  return processPartialResponse(event, resetRecord, processor, { context })
}
