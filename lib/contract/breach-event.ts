import * as z from 'zod'

/**
 * An identifier that ends up in logs, message attributes and the ledger: printable ASCII without spaces, `@` or `%`,
 * so that no e-mail address, plain or percent-encoded, can hide in it.
 * Wide enough for every id, slug and external id that Stytch documents (letters, digits and `- . _ ~ |`).
 */
export function opaqueId(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[!-$&-?A-~]*$/, { error: 'must be printable ASCII without spaces, "@" or "%"' })
}

/** Free text of at most `maxLength` characters (Unicode code points, as JSON Schema counts them). */
function text(maxLength: number) {
  return z
    .string()
    .refine((value) => [...value].length <= maxLength, {
      error: `must be at most ${maxLength} characters`,
    })
    .meta({ maxLength })
}

/** An optional field. null is unset, as CloudEvents' JSON format says, and is not passed on. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional()
}

/** A field that only we set, in our own messages and dead letters. What does not fit is unset: it never costs anyone their reset. */
function ours<Schema extends z.ZodType>(schema: Schema) {
  return optional(schema.describe('In dead letters only; never by a producer.')).catch(undefined)
}

/** Members of one event. A longer list is sent as several events. */
export const MAX_MEMBERS = 10_000

/** Which row of its event somebody's first row is, counted from 0. */
export const RowIndexSchema = z
  .int()
  .min(0)
  .max(MAX_MEMBERS - 1)

/**
 * An address that can be one: RFC 5322's atext and dots; letters, marks and digits of other scripts, and in a domain the middle dots of
 * Catalan and Japanese; no quoted local part, no IP address as a domain. What a list has around an address (`<ada@…>`, `mailto:`, quotes,
 * a semicolon) would make a stranger of a member.
 */
const EMAIL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]+@[\p{L}\p{M}\p{N}·・-]+(?:\.[\p{L}\p{M}\p{N}·・-]+)*$/u

/** One row of a breach event: whose password is stolen. The effect at Stytch is per e-mail; the ids only narrow it. */
export const MemberSchema = z.object({
  email_address: z
    .string()
    .trim()
    .regex(EMAIL, { error: 'must be an e-mail address and nothing else' })
    .regex(/^.{0,320}$/su, { error: 'must be at most 320 characters' }),
  organization_id: optional(opaqueId(128).describe('Id, slug or external id at Stytch.')),
  member_id: optional(opaqueId(128).describe('Id or external id at Stytch.')),
  row_index: ours(RowIndexSchema),
})

export type Member = z.infer<typeof MemberSchema>

export const BREACH_EVENT_TYPE = 'breach-reset.credential-compromise.v1'

const SINCE_1970 = /^(?:19[7-9]|[2-9])/
const BEFORE_1970 = { error: 'must not be before 1970' }
const RULE = 'must be a timestamp with seconds and a time zone, such as 2026-11-20T10:00:00Z'
const ruleUnlessMissing = ({ input }: { input: unknown }) => (input === undefined ? 'must be given' : RULE)
const timestamp = z.iso
  .datetime({ offset: true, error: ruleUnlessMissing, abort: true })
  .regex(SINCE_1970, BEFORE_1970)
  .max(64)
const date = z.iso.date({ abort: true }).regex(SINCE_1970, BEFORE_1970)

/** `enforce` resets; `dry_run` only decides and logs. */
export const ModeSchema = z.enum(['enforce', 'dry_run'])
export type Mode = z.infer<typeof ModeSchema>

export const SeveritySchema = z.enum(['low', 'medium', 'high', 'critical'])

/** Which breach. */
export const BreachSchema = z.object({ catalog: text(128), id: text(256), title: optional(text(512)) })

/**
 * The contract: a CloudEvents 1.0 event in structured JSON. The nouns in `data` follow OpenID RISC credential-compromise.
 * Unknown keys are dropped. docs/breach-event.v1.schema.json is made from it.
 */
export const BreachEventSchema = z.object({
  specversion: z.literal('1.0').describe('CloudEvents'),
  type: z.literal(BREACH_EVENT_TYPE),
  source: opaqueId(512).describe('Who detected it. No personal data.'),
  id: opaqueId(128).describe(
    'Names the event together with source. No personal data, nothing made of an e-mail.',
  ),
  time: timestamp.describe('When the source detected it; the same on every re-send.'),
  expirytime: optional(timestamp.describe('Past it nobody is reset.')),
  correlationid: optional(opaqueId(256).describe('Your ticket; it is logged.')),
  traceparent: optional(
    z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, {
      error: 'must be a W3C traceparent',
    }),
  ),
  fence: optional(timestamp.describe('In dead letters only; never by a producer.')),
  resetrun: ours(opaqueId(128)),
  data: z.object({
    reason: z.enum([
      'third_party_breach',
      'infostealer',
      'phished',
      'combolist',
      'internal_incident',
      'manual',
    ]),
    severity: optional(SeveritySchema),
    exposed_at: optional(
      z
        .union([timestamp, date], { error: `${RULE}, or a date` })
        .describe(
          'The latest moment the credentials can have been captured; a date means its end in UTC. Who was reset since is not reset again.',
        ),
    ),
    breach: optional(BreachSchema),
    mode: optional(ModeSchema.describe("Can only lower the stage's mode.")),
    members: z.array(MemberSchema).min(1).max(MAX_MEMBERS).describe('Whose passwords are stolen.'),
  }),
})

export type BreachEvent = z.infer<typeof BreachEventSchema>

/** A producer may only lower the stage's mode: `enforce` holds when both say so. */
export function lowerMode(stage: Mode, event: Mode = 'enforce'): Mode {
  return stage === 'enforce' && event === 'enforce' ? 'enforce' : 'dry_run'
}

const { data } = BreachEventSchema.shape

/** A breach event whose members are not checked yet: one bad member must not cost the others their reset. */
export const UncheckedBreachEventSchema = BreachEventSchema.extend({
  data: data.extend({ members: z.array(z.unknown()).min(1).max(MAX_MEMBERS) }),
})

export type UncheckedBreachEvent = z.infer<typeof UncheckedBreachEventSchema>

/**
 * A reset that happened and could not be written to the ledger yet: the row is owed, the call must not be repeated. `person`: the
 * pseudonym that the person had when they were called.
 */
const OwedRowSchema = z.object({
  person: opaqueId(64).optional(),
  reset_at: z.iso.datetime(),
  outcome: z.enum(['reset', 'no_password']),
  request_id: opaqueId(128).optional(),
})

/**
 * What travels between functions: a breach event with a few members, and with fields that only Breach Reset may set. `resetrun` is the
 * message that fan-out accepted, `row_index`, on the first row of each person, their row in its event; left out by older versions.
 * `fence` decides who is covered; `sentat` is when the message that fan-out accepted was sent: a redelivery has the same, a redrive
 * a later one; `attempts` counts how often the event was deferred; `firsttriedat` starts the retry horizon.
 */
const StepEventSchema = BreachEventSchema.extend({
  fence: z.iso.datetime(),
  sentat: z.iso.datetime().optional(),
  attempts: z.int().min(0),
  firsttriedat: z.iso.datetime().optional(),
})

export type StepEvent = z.infer<typeof StepEventSchema>

// fan-out has judged it, perhaps an earlier version by a wider rule.
const StepMemberSchema = MemberSchema.extend({ email_address: z.string() })

/**
 * What travels on the reset queue. `idstried`: another row of the person, which is not sent again, named ids and was not found.
 * `uncertain`: a call for the person may have reset the password without saying so.
 */
export const ResetEventSchema = StepEventSchema.extend({
  data: data.extend({
    members: z
      .array(
        StepMemberSchema.extend({
          owed: OwedRowSchema.optional(),
          idstried: z.boolean().optional(),
          uncertain: z.boolean().optional(),
        }),
      )
      .min(1),
  }),
})

export type ResetEvent = z.infer<typeof ResetEventSchema>
export type ResetMember = ResetEvent['data']['members'][number]
export type OwedRow = z.infer<typeof OwedRowSchema>

/**
 * A member that a search found. `revoked_at`: up to when their sessions began before the revoke. `clear_before`: a read-back showed none that
 * began before that.
 */
const FoundRowSchema = z.object({
  member_id: z.string(),
  organization_id: z.string(),
  revoked_at: z.iso.datetime().optional(),
  clear_before: z.iso.datetime().optional(),
  alive: z.literal(true).optional(),
})

/**
 * What travels on the sessions queue. `reset_at`: start of the call that covers the person, whose sessions must end. `found`: the members
 * that they are, with what is known of their sessions, so that nobody is logged out again because a read-back, or another of their members, fails.
 * `misses`: how many searches found nobody.
 */
export const SessionsEventSchema = StepEventSchema.extend({
  data: data.extend({
    members: z
      .array(
        StepMemberSchema.extend({
          reset_at: z.iso.datetime(),
          found: z.array(FoundRowSchema).optional(),
          misses: z.int().min(0).optional(),
        }),
      )
      .min(1),
  }),
})

export type SessionsEvent = z.infer<typeof SessionsEventSchema>
export type SessionsMember = SessionsEvent['data']['members'][number]
