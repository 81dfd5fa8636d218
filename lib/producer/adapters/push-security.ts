import * as z from 'zod'
import { MemberSchema, opaqueId } from '../../contract/breach-event.ts'
import { groupBy } from '../../flow/node-20.ts'
import { type Adapted, adaptRecords, MAX_ID_LENGTH, recordsOf, vendorEvent } from './adapter.ts'

const STOLEN = 'STOLEN_CREDENTIALS_DETECTED'
const seconds = { error: 'must be Unix seconds, ten digits' }

const OtherSchema = z.object({ object: z.string().refine((object) => object !== STOLEN) })
const BodySchema = z.object({
  object: z.literal(STOLEN),
  id: opaqueId(MAX_ID_LENGTH),
  timestamp: z.int(seconds).min(1_000_000_000, seconds).max(9_999_999_999, seconds),
  new: z.object({ employee: z.object({ email: MemberSchema.shape.email_address }) }),
})

/**
 * Takes the body of Push Security's webhook, or a list of bodies; one event each, whose id is `id`.
 * `exposed_at` and `time` are `timestamp`: the credentials were stolen by then, and a body that is delivered again has the same.
 * Unix seconds have ten digits from 2001 to 2286; milliseconds are rejected, not guessed.
 * Dropped: every `object` but `STOLEN_CREDENTIALS_DETECTED`.
 */
export function adaptPushSecurity(document: unknown): Adapted {
  const byKind = groupBy(recordsOf(document), ([, record]) => OtherSchema.safeParse(record).success)
  const others = byKind.get(true) ?? []
  const dropped = others.map(([where]) => ({ where, rule: `object: must be ${STOLEN}` }))
  return { ...adaptRecords(byKind.get(false) ?? [], BodySchema, toEvent), dropped }
}

function toEvent({ id, timestamp, new: { employee } }: z.output<typeof BodySchema>) {
  const detectedAt = new Date(timestamp * 1000).toISOString()
  return vendorEvent('push-security', {
    id,
    time: detectedAt,
    data: {
      reason: 'third_party_breach',
      exposed_at: detectedAt,
      members: [{ email_address: employee.email }],
    },
  })
}
