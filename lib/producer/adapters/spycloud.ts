import * as z from 'zod'
import { type BreachEvent, BreachEventSchema, MemberSchema, opaqueId } from '../../contract/breach-event.ts'
import {
  type Adapted,
  adaptRecords,
  MAX_ID_LENGTH,
  recordsOf,
  VendorTimeSchema,
  vendorEvent,
} from './adapter.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SEVERITIES = new Map<unknown, BreachEvent['data']['severity']>([
  [2, 'low'],
  [5, 'medium'],
  [20, 'high'],
  [25, 'critical'],
])

const anything = z.unknown().optional()
const PageSchema = z.object({ results: z.array(z.unknown()) })
const RecordSchema = z.object({
  document_id: opaqueId(MAX_ID_LENGTH),
  spycloud_publish_date: VendorTimeSchema,
  email: z.union([z.literal(''), MemberSchema.shape.email_address]).nullish(),
  source_id: z.int().optional().catch(undefined),
  severity: anything,
  password: anything,
  password_plaintext: anything,
  infected_time: anything,
  infected_machine_id: anything,
  malware_family: anything,
})
type SpyCloudRecord = z.output<typeof RecordSchema>

/**
 * Takes a record of SpyCloud's watchlist, a list of them, or a page (`results`); one event each, whose id is `document_id`.
 * `exposed_at` and `time` are `spycloud_publish_date`: nothing was captured after it was published. That is a day, given as its
 * midnight; an `infected_time` later on that day is used instead. So a password that was chosen after a reset on that day, and
 * captured before the publication, counts as covered; with the end of the day each poll of that day would reset again. An
 * `infected_time` after that day comes from a wrong clock, and one without a time zone can't be placed: neither is used.
 * Dropped: no password, or no `email` (records of user names are common). A severity or source that can't be read is left out.
 * https://docs.spycloud.com/public-sc/docs/data-schema
 */
export function adaptSpyCloud(document: unknown): Adapted {
  const page = PageSchema.safeParse(document).data
  const records = page ? recordsOf(page.results, ['results']) : recordsOf(document)
  return adaptRecords(records, RecordSchema, toEvent)
}

function toEvent(record: SpyCloudRecord) {
  const { document_id, email, source_id } = record
  if (!email) return { dropped: 'email: must be there' }
  if (![record.password, record.password_plaintext].some(isThere)) {
    return { dropped: 'password, password_plaintext: one must be there' }
  }
  const capturedAt = latestCapture(record)
  const severity = SEVERITIES.get(record.severity)
  const isInfostealer = [record.infected_time, record.infected_machine_id, record.malware_family].some(
    isThere,
  )
  return vendorEvent('spycloud', {
    id: document_id,
    time: capturedAt,
    data: {
      reason: isInfostealer ? 'infostealer' : 'third_party_breach',
      ...(severity && { severity }),
      exposed_at: capturedAt,
      ...(source_id !== undefined && { breach: { catalog: 'spycloud', id: String(source_id) } }),
      members: [{ email_address: email }],
    },
  })
}

function latestCapture({ spycloud_publish_date, infected_time }: SpyCloudRecord): string {
  const infectedAt = BreachEventSchema.shape.time.safeParse(infected_time).data ?? spycloud_publish_date
  const afterMs = Date.parse(infectedAt) - Date.parse(spycloud_publish_date)
  return afterMs > 0 && afterMs < DAY_MS ? infectedAt : spycloud_publish_date
}

const isThere = (value: unknown) => value !== undefined && value !== null && value !== ''
