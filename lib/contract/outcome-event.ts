import * as z from 'zod'
import { ModeSchema } from './breach-event.ts'

const count = z.int().min(0)
const ranges = z
  .string()
  .describe('Indices of rows in the breach event, counted from 0, as ranges such as "0-6,9"; "" for none.')
const counted = z.object({ count, rows: ranges }).meta({ id: 'Counted' })
const byCode = z
  .object({
    count,
    by_code: z.record(z.string(), counted).describe('By the codes of docs/contract.md. New ones may come.'),
  })
  .meta({ id: 'ByCode' })

/** How rows ended. */
const ends = { skipped: byCode, dead_lettered: byCode }

const timestamp = z.iso.datetime().meta({ id: 'Timestamp' })

/** Which run, and how large it is. */
const about = {
  stage: z.string(),
  run: z.string().describe('The id of the SQS message that was accepted or refused.'),
  redrive_of: z.string().optional().describe('The run whose dead letter this is.'),
  canary: z.boolean().describe('Says that it comes from `breach-reset smoke`, and has no more than one row.'),
  row_count: count.describe('Rows of the message. Of a refused one 0 if they could not be read.'),
}
const event = z.object({ source: z.string(), id: z.string() }).describe('Of the breach event.')
/** Of an event that was accepted, as its producer sent it. */
const accepted = {
  event: event.extend({ time: z.string(), correlationid: z.string().optional() }),
  mode: ModeSchema.describe('In `dry_run` nobody is reset.'),
  reason: z.string(),
  severity: z.string().optional(),
  accepted_at: timestamp,
}

function cloudEvent<const Type extends string, Data extends z.ZodRawShape>(type: Type, data: Data) {
  return z.object({
    specversion: z.literal('1.0'),
    id: z.string().describe('The same each time the event is sent: drop repeats by it.'),
    source: z.string().describe('urn:breach-reset:<stage>'),
    type: z.literal(type),
    time: timestamp,
    datacontenttype: z.literal('application/json'),
    dataschema: z.literal(OUTCOME_SCHEMA),
    subject: z.string().optional().describe('The id of the breach event.'),
    data: z.object({ ...about, ...data }),
  })
}

export const OUTCOME_SCHEMA = 'urn:breach-reset:schema:outcome-event.v1'
export const ACCEPTED = 'breach-reset.event-accepted.v1'
export const REFUSED = 'breach-reset.event-refused.v1'
export const FINISHED = 'breach-reset.event-finished.v1'

const AcceptedEventSchema = cloudEvent(ACCEPTED, accepted).meta({
  id: 'EventAccepted',
  description: 'fan-out has taken an event: it is being worked on.',
})

const RefusedEventSchema = cloudEvent(REFUSED, {
  event: event.optional().describe('Missing if it could not be read.'),
  code: z.string().describe('A code of docs/contract.md.'),
  detail: z.string().optional().describe('Field and rule, for people to read.'),
  refused_at: timestamp,
}).meta({
  id: 'EventRefused',
  description: 'fan-out took nothing of a message, which is on the dead-letter queue now.',
})

const FinishedEventSchema = cloudEvent(FINISHED, {
  ...accepted,
  reset: counted,
  ...ends,
  sessions: z
    .object({ row_count: count, ended: counted, ...ends })
    .describe('Of the rows that were passed on to end-sessions.'),
  first_reset_at: timestamp
    .optional()
    .describe('When its first call of Stytch began. Missing if nobody was reset.'),
  last_reset_at: timestamp.optional(),
  last_sessions_ended_at: timestamp.optional(),
  finished_at: timestamp,
}).meta({
  id: 'EventFinished',
  description:
    'Every row has ended, and so have the sessions of all who were passed on: row_count = reset + skipped + dead_lettered.',
})

/** What Breach Reset sends to the event bus of a stage: CloudEvents 1.0. docs/outcomes.md describes them. */
export const OutcomeEventSchema = z.discriminatedUnion('type', [
  AcceptedEventSchema,
  RefusedEventSchema,
  FinishedEventSchema,
])

export type OutcomeEvent = z.infer<typeof OutcomeEventSchema>
