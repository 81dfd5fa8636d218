import * as z from 'zod'
import { BreachEventSchema } from '../../contract/breach-event.ts'
import { opaqueId } from '../../contract/opaque-id.ts'
import { LONGEST_ID } from './vendor-event.ts'

/** Of a domain; the name of a breach has the rest of the event's id. */
export const LONGEST_DOMAIN = 64

const flag = z.boolean().nullish()

/** What is used of Have I Been Pwned's breach model: https://haveibeenpwned.com/API/v3#BreachModel */
export const HibpBreachSchema = z.object(
  {
    Name: opaqueId(LONGEST_ID - LONGEST_DOMAIN - '-'.length),
    Title: z.string().max(512).optional().catch(undefined),
    AddedDate: BreachEventSchema.shape.time,
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

export type HibpBreach = z.output<typeof HibpBreachSchema>
