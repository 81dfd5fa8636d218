import * as z from 'zod'
import { ModeSchema } from './breach-event.ts'

const counted = z.object({
  count: z.int().min(0),
  rows: z.string().describe('Indices of rows in the event, counted from 0, as ranges such as "0-6,9".'),
})
const byCode = z.record(z.string(), counted).describe('By code, which docs/contract.md explains.')

/** Rows of an event, and how they ended: rows = reset + skipped + dead_lettered + open. */
const outcomes = {
  rows: z.int().min(0),
  reset: counted,
  skipped: byCode,
  dead_lettered: byCode,
  open: counted,
}

const timestamp = z.iso.datetime()

/** Which event, and which delivery of it. */
const about = {
  stage: z.string(),
  run: z.string().describe('The id of the SQS message that was accepted or refused.'),
  redrive_of: z.string().optional().describe('The run whose dead letter this is.'),
}
const event = z.object({
  source: z.string(),
  id: z.string(),
  time: z.string().optional(),
  correlationid: z.string().optional(),
})

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

/** fan-out has taken an event: it is being worked on. */
const AcceptedEventSchema = cloudEvent(ACCEPTED, {
  event,
  mode: ModeSchema,
  reason: z.string(),
  severity: z.string().optional(),
  accepted_at: timestamp,
  rows: z.int().min(0),
})

/** fan-out took nothing of a message, which is on the dead-letter queue. */
const RefusedEventSchema = cloudEvent(REFUSED, {
  event: event.optional(),
  code: z.string(),
  detail: z.string().optional(),
  rows: z.int().min(0),
  refused_at: timestamp,
})

/** Every row of a run has ended, and so have the sessions of everyone who was passed on. */
const FinishedEventSchema = cloudEvent(FINISHED, {
  event,
  mode: ModeSchema,
  ...outcomes,
  sessions: z.object({
    passed_on: z.int().min(0),
    ended: counted,
    skipped: byCode,
    dead_lettered: byCode,
    open: counted,
  }),
  accepted_at: timestamp,
  first_reset_at: timestamp.optional(),
  last_reset_at: timestamp.optional(),
  last_sessions_ended_at: timestamp.optional(),
  finished_at: timestamp,
})

/** What Breach Reset sends to the event bus of a stage: CloudEvents 1.0. docs/outcomes.md describes them. */
export const OutcomeEventSchema = z.discriminatedUnion('type', [
  AcceptedEventSchema,
  RefusedEventSchema,
  FinishedEventSchema,
])

export type OutcomeEvent = z.infer<typeof OutcomeEventSchema>
