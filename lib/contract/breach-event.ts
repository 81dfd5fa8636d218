import * as z from 'zod'
import { MemberSchema } from './member.ts'
import { opaqueId } from './opaque-id.ts'

export const BREACH_EVENT_TYPE = 'breach-reset.credential-compromise.v1'

const since1970 = (text: string) => Date.parse(text) >= 0
const BEFORE_1970 = { error: 'must not be before 1970' }
const anyTimestamp = z.iso.datetime({
  offset: true,
  error: 'must be an RFC 3339 timestamp with a time zone',
})
const timestamp = anyTimestamp.refine(since1970, BEFORE_1970)

/** `enforce` resets; `dry_run` only decides and logs. */
export const ModeSchema = z.enum(['enforce', 'dry_run'])
export type Mode = z.infer<typeof ModeSchema>

/**
 * The contract: a CloudEvents 1.0 event in structured JSON. The nouns in `data` follow OpenID RISC credential-compromise.
 * Unknown keys are dropped.
 */
export const BreachEventSchema = z.object({
  specversion: z.literal('1.0'),
  type: z.literal(BREACH_EVENT_TYPE),
  source: opaqueId(512),
  id: opaqueId(128),
  time: timestamp,
  expirytime: timestamp.optional(),
  correlationid: opaqueId(256).optional(),
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, {
      error: 'must be a W3C traceparent',
    })
    .optional(),
  fence: timestamp.optional(),
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
      .union([anyTimestamp, z.iso.date()], {
        error: 'must be an RFC 3339 timestamp with a time zone, or a date',
      })
      .refine(since1970, BEFORE_1970)
      .optional(),
    breach: z
      .object({
        catalog: z.string().max(128),
        id: z.string().max(256),
        title: z.string().max(512).optional(),
      })
      .optional(),
    mode: ModeSchema.optional(),
    members: z.array(MemberSchema).min(1).max(10_000),
  }),
})

export type BreachEvent = z.infer<typeof BreachEventSchema>
