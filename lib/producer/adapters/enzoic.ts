import * as z from 'zod'
import { MemberSchema, opaqueId } from '../../contract/breach-event.ts'
import {
  type Adapted,
  adaptRecords,
  MAX_ID_LENGTH,
  recordsOf,
  VendorTimeSchema,
  vendorEvent,
} from './adapter.ts'

const BodySchema = z.object({
  username: MemberSchema.shape.email_address,
  date: VendorTimeSchema,
  exposureID: opaqueId(MAX_ID_LENGTH - '-+010000-01-01T00:00:00.000Z'.length),
  exposureDetails: z
    .object({
      dateAdded: VendorTimeSchema.nullish(),
      exposedData: z.array(z.string()).nullish(),
    })
    .nullish(),
})

/**
 * Takes the body of Enzoic's breach monitoring webhook, or a list of bodies. A body has no id of its own: the event has
 * `exposureID` and `date`, and bodies of one list that share both, and `dateAdded`, are one event. `time` is `date`.
 * `exposed_at` is `exposureDetails.dateAdded`: Enzoic had the exposure then, and a later webhook about it says the same, with a
 * new `date`. It is `date` if that is earlier or `dateAdded` is missing. What is added to an exposure later is not noticed.
 * Dropped: exposures that have `exposedData` without `Passwords`. `customData` does not become an `organization_id`: it is free
 * text, and a wrong id makes a dead letter. `usernameHash` is not used.
 * https://docs.enzoic.com/enzoic-api-developer-documentation/api-reference/breach-monitoring-api/webhooks
 */
export function adaptEnzoic(document: unknown): Adapted {
  return adaptRecords(recordsOf(document), BodySchema, toEvent)
}

function toEvent({ username, date, exposureID, exposureDetails }: z.output<typeof BodySchema>) {
  const { exposedData, dateAdded } = exposureDetails ?? {}
  if (exposedData && !exposedData.includes('Passwords')) {
    return { dropped: 'exposureDetails.exposedData: must hold Passwords' }
  }
  const addedAt = dateAdded ?? date
  return vendorEvent('enzoic', {
    id: `${exposureID}-${new Date(date).toISOString()}`,
    time: date,
    data: {
      reason: 'third_party_breach',
      exposed_at: Date.parse(addedAt) < Date.parse(date) ? addedAt : date,
      breach: { catalog: 'enzoic', id: exposureID },
      members: [{ email_address: username }],
    },
  })
}
