import * as z from 'zod'
import { MemberSchema, opaqueId } from '../../contract/breach-event.ts'
import { describeIssues } from '../../contract/check-breach-event.ts'
import {
  type Adapted,
  adaptRecords,
  MAX_ID_LENGTH,
  recordsOf,
  VendorTimeSchema,
  vendorEvent,
} from './adapter.ts'

/** The name of a breach takes the rest of the event's id. */
const MAX_DOMAIN_LENGTH = 64

const flag = z.boolean().nullish()

/** The fields used of Have I Been Pwned's breach model: https://haveibeenpwned.com/API/v3#BreachModel */
const HibpBreachSchema = z.object(
  {
    Name: opaqueId(MAX_ID_LENGTH - MAX_DOMAIN_LENGTH - '-'.length),
    Title: z.string().max(512).optional().catch(undefined),
    AddedDate: VendorTimeSchema,
    DataClasses: z.array(z.string()).nullish(),
    IsVerified: flag,
    IsFabricated: flag,
    IsSpamList: flag,
    IsRetired: flag,
    IsMalware: flag,
    IsStealerLog: flag,
  },
  { error: 'must be among the breaches' },
)

type HibpBreach = z.output<typeof HibpBreachSchema>

const DocumentSchema = z.object({
  domain: opaqueId(MAX_DOMAIN_LENGTH),
  breached_domain: z.custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    { error: 'must be an object' },
  ),
  breaches: z.array(z.unknown()),
})
const NamedSchema = z.object({ Name: z.string() })
const RecordSchema = z.object({
  email_address: MemberSchema.shape.email_address,
  domain: z.string(),
  breach: HibpBreachSchema,
})

/**
 * Takes `{ domain, breached_domain, breaches }`: what Have I Been Pwned answers to `GET /breacheddomain/{domain}`, and the models
 * of the breaches named there (`GET /breaches` has all). A record is one breach of one alias. Its path has the position of the
 * alias: `breached_domain.0.2` is the third breach of the first alias. One event per breach, whose id is the domain and `Name`.
 * `exposed_at` and `time` are `AddedDate`: Have I Been Pwned had the data then. Data loaded into a breach later is not noticed:
 * `ModifiedDate` would show it, but also changes with every correction of the text, and would reset everyone again each time.
 * Dropped: breaches that are not verified, fabricated, spam lists, retired, or without `Passwords`.
 * https://haveibeenpwned.com/API/v3
 */
export function adaptHibp(document: unknown): Adapted {
  const whole = DocumentSchema.safeParse(document)
  if (!whole.success) {
    const rule = describeIssues(whole.error, [], 'document')
    return { events: [], dropped: [], invalid: [{ where: '', rule }] }
  }
  const { domain, breached_domain, breaches } = whole.data
  const models = new Map<unknown, unknown>(
    breaches.map((breach) => [NamedSchema.safeParse(breach).data?.Name, breach]),
  )
  const records = Object.entries(breached_domain).flatMap(([alias, names], position) =>
    recordsOf(names, ['breached_domain', position]).map(
      ([where, name]) =>
        [where, { email_address: `${alias}@${domain}`, domain, breach: models.get(name) }] as const,
    ),
  )
  return adaptRecords(records, RecordSchema, toEvent)
}

function toEvent({ email_address, domain, breach }: z.output<typeof RecordSchema>) {
  const rule = brokenRule(breach)
  if (rule) return { dropped: rule }
  const { Name, Title, AddedDate, IsStealerLog, IsMalware } = breach
  return vendorEvent('hibp', {
    id: `${domain}-${Name}`,
    time: AddedDate,
    data: {
      reason: IsStealerLog || IsMalware ? 'infostealer' : 'third_party_breach',
      exposed_at: AddedDate,
      breach: { catalog: 'hibp', id: Name, ...(Title !== undefined && { title: Title }) },
      members: [{ email_address }],
    },
  })
}

function brokenRule(breach: HibpBreach): string | undefined {
  if (!breach.IsVerified) return 'breach.IsVerified: must be true'
  if (breach.IsFabricated) return 'breach.IsFabricated: must not be true'
  if (breach.IsSpamList) return 'breach.IsSpamList: must not be true'
  if (breach.IsRetired) return 'breach.IsRetired: must not be true'
  if (!breach.DataClasses?.includes('Passwords')) return 'breach.DataClasses: must hold Passwords'
  return undefined
}
