import * as z from 'zod'
import { MemberSchema } from './member.ts'
import { opaqueId } from './opaque-id.ts'
import { text } from './text.ts'

export const BREACH_EVENT_TYPE = 'breach-reset.credential-compromise.v1'
/** Of one event; a longer list is several. */
export const MOST_MEMBERS = 10_000

const SINCE_1970 = /^(?:19[7-9]|[2-9])/
const BEFORE_1970 = { error: 'must not be before 1970' }
const RULE = 'must be a timestamp with seconds and a time zone, such as 2026-11-20T10:00:00Z'
const ruleUnlessMissing = ({ input }: { input: unknown }) => (input === undefined ? 'must be given' : RULE)
const timestamp = z.iso
  .datetime({ offset: true, error: ruleUnlessMissing, abort: true })
  .regex(SINCE_1970, BEFORE_1970)
const date = z.iso.date({ abort: true }).regex(SINCE_1970, BEFORE_1970)

/** `enforce` resets; `dry_run` only decides and logs. */
export const ModeSchema = z.enum(['enforce', 'dry_run'])
export type Mode = z.infer<typeof ModeSchema>

/**
 * The contract: a CloudEvents 1.0 event in structured JSON. The nouns in `data` follow OpenID RISC credential-compromise.
 * Unknown keys are dropped. docs/breach-event.v1.schema.json is made of it.
 */
export const BreachEventSchema = z.object({
  specversion: z.literal('1.0').describe('CloudEvents'),
  type: z.literal(BREACH_EVENT_TYPE),
  source: opaqueId(512).describe('Who detected it. No personal data.'),
  id: opaqueId(128).describe(
    'Names the event together with source. No personal data, nothing made of an e-mail.',
  ),
  time: timestamp.describe('When the source detected it; the same on every re-send.'),
  expirytime: timestamp.describe('Past it nobody is reset.').optional(),
  correlationid: opaqueId(256).describe('Your ticket; it is logged.').optional(),
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, {
      error: 'must be a W3C traceparent',
    })
    .optional(),
  fence: timestamp.describe('In dead letters only; never by a producer.').optional(),
  data: z.object({
    reason: z.enum([
      'third_party_breach',
      'infostealer',
      'phished',
      'combolist',
      'internal_incident',
      'manual',
    ]),
    severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
    exposed_at: z
      .union([timestamp, date], { error: `${RULE}, or a date` })
      .describe(
        'The latest moment the credentials can have been captured; a date means its end in UTC. Who was reset since is not reset again.',
      )
      .optional(),
    breach: z
      .object({
        catalog: text(128),
        id: text(256),
        title: text(512).optional(),
      })
      .optional(),
    mode: ModeSchema.describe("Can only lower the stage's mode.").optional(),
    members: z.array(MemberSchema).min(1).max(MOST_MEMBERS).describe('Whose passwords are stolen.'),
  }),
})

export type BreachEvent = z.infer<typeof BreachEventSchema>
