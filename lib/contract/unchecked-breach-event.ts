import * as z from 'zod'
import { BreachEventSchema, MOST_MEMBERS } from './breach-event.ts'

const { data } = BreachEventSchema.shape

/** A breach event whose members have not been looked at yet: one bad member must not cost the others their reset. */
export const UncheckedBreachEventSchema = BreachEventSchema.extend({
  data: data.extend({ members: z.array(z.unknown()).min(1).max(MOST_MEMBERS) }),
})

export type UncheckedBreachEvent = z.infer<typeof UncheckedBreachEventSchema>
