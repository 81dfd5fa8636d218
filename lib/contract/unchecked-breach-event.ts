import * as z from 'zod'
import { BreachEventSchema } from './breach-event.ts'

const { data } = BreachEventSchema.shape

/** A breach event whose members have not been looked at yet: one bad member must not cost the others their reset. */
export const UncheckedBreachEventSchema = BreachEventSchema.extend({
  data: data.extend({ members: z.array(z.unknown()).min(1).max(10_000) }),
})

export type UncheckedBreachEvent = z.infer<typeof UncheckedBreachEventSchema>
