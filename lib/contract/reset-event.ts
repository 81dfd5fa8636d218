import * as z from 'zod'
import { BreachEventSchema } from './breach-event.ts'
import { MemberSchema } from './member.ts'
import { opaqueId } from './opaque-id.ts'

/** A reset that happened but could not be written to the ledger yet: the row is owed, the call must not be repeated. */
export const OwedRowSchema = z.object({
  reset_at: z.iso.datetime(),
  outcome: z.enum(['reset', 'no_password']),
  request_id: opaqueId(128).optional(),
})

const { data } = BreachEventSchema.shape

/**
 * What travels on the reset queue: a breach event of a few members, with what only Breach Reset itself may say.
 * `idstried` says that another row of the person, which is not sent on, named ids and was not found. `uncertain` says that a
 * call for the person may have reset the password without saying so.
 * `fence` decides who is covered; `attempts` counts how often it was sent on; `firsttriedat` starts the retry horizon.
 */
export const ResetEventSchema = BreachEventSchema.extend({
  fence: z.iso.datetime(),
  attempts: z.int().min(0),
  firsttriedat: z.iso.datetime().optional(),
  data: data.extend({
    members: z
      .array(
        MemberSchema.extend({
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
